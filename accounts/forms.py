"""The forms of signing in and of a new password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.password_validation import validate_password

if TYPE_CHECKING:
    from accounts.models import User


class SignInForm(forms.Form):
    """A name and a password as typed; pasting and password managers are welcome."""

    username = forms.CharField(
        label="User name",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="Password",
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    """The old password and a new one; the new one passes the validators of the settings."""

    old_password = forms.CharField(
        label="Password now",
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password = forms.CharField(
        label="New password",
        max_length=1024,
        strip=False,
        help_text="At least 10 characters; 15 or more are better. Any characters, spaces too.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:  # noqa: ANN401 - form data
        super().__init__(data)
        self.user = user

    def clean_new_password(self) -> str:
        """Common, short and personal ones are refused."""
        password = str(self.cleaned_data["new_password"])
        validate_password(password, self.user)
        return password
