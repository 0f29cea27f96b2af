"""The wallet's shapes on the wire."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import CamelSerializer
from wallet.api.moments import InstantField, SpanField
from wallet.queries.trace import QUEUE, WALLET
from wallet.states import HoldState, TransferCode
from wallet.words import COUNTERPARTIES

BUCKETS = [("available", "available"), ("escrow", "escrow"), ("earned", "earned"), ("payout_pending", "payout_pending")]
OTHERS = [(name, name) for name in sorted(set(COUNTERPARTIES.values()))]


class BalanceSerializer(CamelSerializer):
    """What the caller has, in whole tokens."""

    available = serializers.IntegerField(min_value=0)
    escrow = serializers.IntegerField(min_value=0)
    earned = serializers.IntegerField(min_value=0)
    payout_pending = serializers.IntegerField(min_value=0)
    owed = serializers.IntegerField(
        min_value=0, help_text="What a performer had been paid of what was corrected; payouts are taken from the rest."
    )
    verified = serializers.BooleanField()
    as_of = serializers.DateTimeField()
    version = serializers.IntegerField(
        min_value=0,
        allow_null=True,
        help_text="Counts a viewer's changes, as the socket's events do; null of the past.",
    )


class InstantQuerySerializer(CamelSerializer):
    """Which instant."""

    at = InstantField(required=False, help_text="An instant that has been, with its offset; left out: now.")


class TransactionSerializer(CamelSerializer):
    """One movement; `from` and `to` are the caller's own buckets, null where that side is not the caller's."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=TransferCode.choices)
    tokens = serializers.IntegerField(min_value=1)
    change = serializers.IntegerField(
        help_text="What it did to all the caller has; holding and refunding change nothing."
    )
    from_bucket = serializers.ChoiceField(choices=BUCKETS, allow_null=True, source="source")
    to_bucket = serializers.ChoiceField(choices=BUCKETS, allow_null=True, source="target")
    direction = serializers.ChoiceField(choices=["in", "out", "within"])
    counterparty = serializers.ChoiceField(
        choices=OTHERS, allow_null=True, help_text="Whose the other side is; null where both are the caller's."
    )
    hold_id = serializers.UUIDField(allow_null=True)
    queue_item_id = serializers.UUIDField(allow_null=True, help_text="What the hold paid for.")
    group_id = serializers.UUIDField(help_text="Movements made together share it.")
    reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a word of Python, so the field is declared under another name."""
        return renamed(super().get_fields(), {"fromBucket": "from", "toBucket": "to"})


class TransactionPageSerializer(CamelSerializer):
    """A page by cursor."""

    results = TransactionSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="Older movements.")
    previous = serializers.URLField(allow_null=True, help_text="Newer movements.")


@extend_schema_field({"type": "string", "format": "cursor", "maxLength": 200})
class CursorField(serializers.CharField):
    """A place in a list, in our own words."""


class TransactionFilterSerializer(CamelSerializer):
    """Which movements: their kinds, and a span with its start and without its end."""

    kind = serializers.ListField(
        child=serializers.ChoiceField(choices=TransferCode.choices), required=False, help_text="May be repeated."
    )
    since = SpanField(required=False, help_text="From this instant on, or from the beginning of this business day on.")
    until = SpanField(
        required=False, days_later=1, help_text="Before this instant, or up to the end of this business day."
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a word of Python, so the field is declared under another name."""
        return renamed(super().get_fields(), {"since": "from", "until": "to"})

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A span ends after it begins."""
        if "since" in attrs and "until" in attrs and attrs["until"] <= attrs["since"]:
            raise serializers.ValidationError(
                {"to": "This has to be later than where it begins."}, code="not_after_from"
            )
        return attrs


class TransactionQuerySerializer(TransactionFilterSerializer):
    """Filters and the place in the list."""

    cursor = CursorField(required=False, max_length=200, help_text="As given in `next` and `previous`.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=100, default=20)


class TraceStepSerializer(CamelSerializer):
    """A movement of the wallet between accounts, or a step of the queue between statuses."""

    at = serializers.DateTimeField()
    part = serializers.ChoiceField(choices=[(WALLET, WALLET), (QUEUE, QUEUE)])
    event = serializers.CharField(help_text="A transaction's kind, or what happened to the queue item.")
    tokens = serializers.IntegerField(allow_null=True)
    from_place = serializers.CharField(source="source", allow_blank=True)
    to_place = serializers.CharField(source="target")
    by = serializers.ChoiceField(choices=["viewer", "performer", "staff", "system"], allow_null=True)
    reason = serializers.CharField(allow_blank=True)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a word of Python, so the field is declared under another name."""
        return renamed(super().get_fields(), {"fromPlace": "from", "toPlace": "to"})


class TraceSerializer(CamelSerializer):
    """Where the tokens of one hold went."""

    hold_id = serializers.UUIDField()
    viewer_id = serializers.UUIDField()
    performer_id = serializers.UUIDField(allow_null=True)
    queue_item_id = serializers.UUIDField(allow_null=True)
    title = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=HoldState.choices)
    tokens = serializers.IntegerField(min_value=1)
    settled = serializers.IntegerField(min_value=0)
    refunded = serializers.IntegerField(min_value=0)
    reversed = serializers.IntegerField(min_value=0, help_text="Taken back after it was settled.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    resolved_at = serializers.DateTimeField(allow_null=True)
    steps = TraceStepSerializer(many=True)


def renamed(
    fields: dict[str, serializers.Field[Any, Any, Any, Any]], names: dict[str, str]
) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """The fields under other names on the wire, in the same order."""
    for name in names:
        fields[name].source = fields[name].source or name
    return {names.get(name, name): field for name, field in fields.items()}
