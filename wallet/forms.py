"""What staff send about credits and the prize fund."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator

from core.exceptions import ValidationFailed
from wallet.credits import LAST_DAY, business_today, read_list
from wallet.policies import MAX_TOKENS


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        initial=business_today,
        validators=[MaxValueValidator(LAST_DAY)],
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class ListForm(forms.Form):
    """The billing's list, pasted or as a file, and the business days it is of."""

    since = _day("From")
    until = _day("To")
    pasted = forms.CharField(
        required=False,
        max_length=250_000,
        label="The billing's list",
        help_text="Lines of externalId,tokens. 250 kB at most: longer lists day by day.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    file = forms.FileField(required=False, max_length=200, label="Or a file of it", help_text="CSV, UTF-8.")

    def clean(self) -> dict[str, Any]:
        """The list as numbers by payment; every bad line is named."""
        sent = super().clean() or {}
        if sent.get("since") and sent.get("until") and sent["since"] > sent["until"]:
            raise forms.ValidationError("The first day lies after the last.", code="days_swapped")
        try:
            text = sent["file"].read().decode() if sent.get("file") else sent.get("pasted", "")
            sent["listed"] = read_list(text)
        except UnicodeDecodeError:
            raise forms.ValidationError("The file is not UTF-8 text.", code="not_text") from None
        except ValidationFailed as refusal:
            raise forms.ValidationError([error.detail for error in refusal.errors]) from None
        return sent


class PrizeForm(forms.Form):
    """How many tokens, and why."""

    tokens = forms.IntegerField(min_value=1, max_value=MAX_TOKENS)
    reason = forms.CharField(
        max_length=255, widget=forms.Textarea(attrs={"rows": 3}), help_text="Goes to the audit log."
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
