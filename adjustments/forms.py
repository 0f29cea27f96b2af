"""The form that proposes a correction."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django import forms

from adjustments.models import Adjustment

if TYPE_CHECKING:
    _ModelForm = forms.ModelForm[Adjustment]
else:
    _ModelForm = forms.ModelForm


class ProposalForm(_ModelForm):
    """Whose tokens, which way, how many, under which ticket; the reason is asked for by the page around it."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    class Meta:
        model = Adjustment
        fields = ("owner", "bucket", "direction", "tokens", "ticket", "key")
