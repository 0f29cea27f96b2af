"""Who is it: people, permissions, flags, sign-in."""

from typing import ClassVar

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts app."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    # What opens a door is nobody's to read: hashes of passwords, keys of sessions, tokens, tickets, what was tried.
    withheld_from_auditor: ClassVar[dict[str, tuple[str, ...]]] = {
        "accounts_user": ("password",),
        "accounts_signin": ("session_key",),
        "accounts_socketticket": ("digest",),
        "axes_accessattempt": ("get_data", "post_data"),
        "django_session": (),
        "token_blacklist_outstandingtoken": ("token", "jti"),
    }

    def ready(self) -> None:
        """Register the checks of what sign-in stands on."""
        from accounts import checks  # noqa: F401 - registers itself
