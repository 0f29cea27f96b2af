"""The wallet's shapes on the wire."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api import CamelSerializer
from wallet.states import TransferCode

BUCKETS = [("available", "available"), ("escrow", "escrow"), ("earned", "earned"), ("payout_pending", "payout_pending")]


class BalanceSerializer(CamelSerializer):
    """What the caller has, in whole tokens."""

    available = serializers.IntegerField(min_value=0)
    escrow = serializers.IntegerField(min_value=0)
    earned = serializers.IntegerField(min_value=0)
    payout_pending = serializers.IntegerField(min_value=0)
    verified = serializers.BooleanField()
    as_of = serializers.DateTimeField()
    version = serializers.IntegerField(min_value=0, help_text="Counts a viewer's changes, as the socket's events do.")


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
    hold_id = serializers.UUIDField(allow_null=True)
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


class TransactionQuerySerializer(CamelSerializer):
    """Filters and the place in the list."""

    kind = serializers.ListField(
        child=serializers.ChoiceField(choices=TransferCode.choices), required=False, help_text="May be repeated."
    )
    since = serializers.DateTimeField(required=False, help_text="Movements from this instant on.")
    until = serializers.DateTimeField(required=False, help_text="Movements before this instant.")
    cursor = CursorField(required=False, max_length=200, help_text="As given in `next` and `previous`.")
    limit = serializers.IntegerField(required=False, min_value=1, max_value=100, default=20)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a word of Python, so the field is declared under another name."""
        return renamed(super().get_fields(), {"since": "from", "until": "to"})


def renamed(
    fields: dict[str, serializers.Field[Any, Any, Any, Any]], names: dict[str, str]
) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    """The fields under other names on the wire, in the same order."""
    for name in names:
        fields[name].source = fields[name].source or name
    return {names.get(name, name): field for name, field in fields.items()}
