"""Payouts, verification and credits on the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rest_framework import serializers

from core.api import CamelSerializer, TextField, WholeNumberField
from payouts.policies import RATE_PLACES
from payouts.states import Status, VerificationStatus
from wallet.policies import MAX_TOKENS

WISHES = [("none", "none"), *VerificationStatus.choices]


class PayoutInputSerializer(CamelSerializer):
    """What a payout is asked for with."""

    amount = WholeNumberField(min_value=1, max_value=MAX_TOKENS, help_text="Whole tokens; the least is a setting.")


class PayoutAnswerSerializer(CamelSerializer):
    """A payout that was asked for."""

    request_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Status.choices)


class PayoutStepSerializer(CamelSerializer):
    """A status that it reached."""

    status = serializers.ChoiceField(choices=Status.choices)
    at = serializers.DateTimeField()


class PayoutSerializer(PayoutAnswerSerializer):
    """One payout with its steps; `rate` and `currency` are those of the approval."""

    amount = serializers.IntegerField(min_value=1)
    rate = serializers.DecimalField(
        max_digits=12, decimal_places=RATE_PLACES, allow_null=True, help_text="What one token is worth."
    )
    currency = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField(min_value=1, help_text="Grows by one with each step, as in the socket's events.")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    steps = PayoutStepSerializer(many=True)


class PayoutPageSerializer(CamelSerializer):
    """A page by cursor, the newest first."""

    results = PayoutSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class VerificationSerializer(CamelSerializer):
    """How the wallet stands with the staff."""

    verified = serializers.BooleanField()
    status = serializers.ChoiceField(choices=WISHES, help_text="What became of the latest wish.")
    asked_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class IdField(serializers.UUIDField):
    """A UUID in a JSON string: numbers are not taken for one."""

    def to_internal_value(self, data: Any) -> UUID:  # noqa: ANN401 - untrusted input
        if not isinstance(data, str):
            self.fail("invalid", value=data)
        return UUID(str(super().to_internal_value(data)))


class CreditInputSerializer(CamelSerializer):
    """A payment that the platform's billing service took."""

    viewer_id = IdField()
    tokens = WholeNumberField(min_value=1, max_value=MAX_TOKENS)
    external_id = TextField(min_length=1, max_length=255, help_text="The payment's own id: it is credited once.")


class CreditBalanceSerializer(CamelSerializer):
    """The viewer's wallet after the credit."""

    available = serializers.IntegerField(min_value=0)
    escrow = serializers.IntegerField(min_value=0)


class CreditSerializer(CamelSerializer):
    """The movement and what it left."""

    transfer_id = serializers.UUIDField()
    balance = CreditBalanceSerializer()
