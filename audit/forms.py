"""Reasons that are not for staff alone."""

from __future__ import annotations

from django import forms

from audit.admin import ReasonForm
from core.personal import text_errors

SEEN_BY_THE_OWNER = "Goes to the audit log, and whoever's tokens move reads it in the transactions; name no person."
LONGEST = 255  # the ledger's room for a reason


def clean_seen(reason: str) -> str:
    """The reason as it is. Raises forms.ValidationError where it holds personal data."""
    if errors := text_errors("reason", reason):
        raise forms.ValidationError([forms.ValidationError(error.detail, code=error.code) for error in errors])
    return reason


class SeenReasonForm(ReasonForm):
    """A reason that the people whose tokens move read too."""

    reason = forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}), help_text=SEEN_BY_THE_OWNER)

    def clean_reason(self) -> str:
        """Nobody's address, number or card."""
        return clean_seen(str(self.cleaned_data["reason"]))
