"""Forms of the staff's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q

from loyalty.exceptions import AlreadyLinked
from loyalty.models import AccountLink
from loyalty.services import MEMBER_ID

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[AccountLink]
else:
    _ModelForm = forms.ModelForm


class LinkForm(_ModelForm):
    """A viewer and a member, both free."""

    class Meta:
        model = AccountLink
        fields = ("viewer", "member_id")

    def clean_member_id(self) -> str:
        """As the service spells its ids."""
        value = str(self.cleaned_data["member_id"])
        if not MEMBER_ID.match(value):
            raise forms.ValidationError("Letters, digits, - and _, at most 64.", code="invalid")
        return value

    def clean(self) -> dict[str, Any]:
        """Kindly early; the database has the last word."""
        values = dict(self.cleaned_data)
        same = Q(viewer=values.get("viewer")) | Q(member_id=values.get("member_id"))
        if AccountLink.objects.filter(same, active=True).exists():
            raise forms.ValidationError(AlreadyLinked.default, code=AlreadyLinked.code)
        return values
