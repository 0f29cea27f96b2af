"""The form that proposes a correction."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django import forms
from django.core.validators import MaxLengthValidator

from adjustments.models import Adjustment
from adjustments.policies import LENGTHS
from audit.admin import REASON
from audit.forms import clean_seen
from wallet.policies import MAX_TOKENS

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Adjustment]
else:
    _ModelForm = forms.ModelForm


class ProposalForm(_ModelForm):
    """Whose tokens, which way, how many, under which ticket; the reason is asked for by the page around it."""

    tokens = forms.IntegerField(min_value=1, max_value=MAX_TOKENS)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    class Meta:
        model = Adjustment
        fields = ("owner", "bucket", "direction", "tokens", "ticket", "key")

    def clean_audit_reason(self) -> str:
        """The ledger's room for a reason is smaller than the audit log's, and the owner reads it."""
        reason = str(self.cleaned_data[REASON])
        MaxLengthValidator(LENGTHS["reason"])(reason)
        return clean_seen(reason)
