"""The wire shapes of the queue. `queue_app/sql/wire.sql` makes the same item shape for what has just moved."""

from __future__ import annotations

from rest_framework import serializers

from core.api import CamelSerializer, FlagField, TextField, WholeNumberField
from modelstate.states import State
from queue_app.policies import GIVEN_REASONS
from queue_app.queries import ItemView
from queue_app.states import DEFAULT_DURATION_SECONDS, MAX_DURATION_SECONDS, Mode, RefundReason, Status


class QueueItemSerializer(CamelSerializer):
    """S2's item."""

    id = serializers.UUIDField()
    idempotency_key = serializers.CharField()
    source_feature = serializers.CharField()
    source_event_id = serializers.CharField()
    performer_id = serializers.UUIDField(allow_null=True, help_text="null while it waits for whoever is next")
    user_id = serializers.UUIDField(source="viewer_id")
    escrow_transaction_id = serializers.UUIDField(source="hold_id")
    tokens = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    duration_seconds = serializers.IntegerField(allow_null=True)
    metadata = serializers.DictField()
    note = serializers.CharField(allow_blank=True, help_text="what the viewer wrote to her")
    status = serializers.ChoiceField(choices=Status.choices)
    position = serializers.IntegerField(
        allow_null=True,
        help_text="0 while it runs, from 1 while it waits (for her, or for whoever is next), else null",
    )
    estimated_wait_seconds = serializers.IntegerField(source="wait_seconds", allow_null=True)
    pass_through_mode = serializers.BooleanField(source="pass_through")
    next_available = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True, help_text="when the booked time of what runs is over")
    paused_at = serializers.DateTimeField(allow_null=True)
    remaining_seconds = serializers.IntegerField(allow_null=True, help_text="where the timer stands while paused")
    finished_at = serializers.DateTimeField(allow_null=True)
    abandoned_at = serializers.DateTimeField(allow_null=True)
    refunded_at = serializers.DateTimeField(allow_null=True)
    reversed_at = serializers.DateTimeField(allow_null=True, help_text="When staff took the settlement back.")
    settled = serializers.BooleanField()
    settled_at = serializers.DateTimeField(allow_null=True)
    settlement_transaction_id = serializers.UUIDField(source="settlement_transfer_id", allow_null=True)
    refund_reason = serializers.ChoiceField(choices=RefundReason.choices, allow_null=True)
    settled_tokens = serializers.IntegerField()
    refunded_tokens = serializers.IntegerField()
    version = serializers.IntegerField()

    def to_representation(self, instance: ItemView) -> dict[str, object]:
        """No reason is null, as an absent time is."""
        shown = super().to_representation(instance)
        return {**shown, "refundReason": shown["refundReason"] or None}


class SettlementSerializer(CamelSerializer):
    """Where the tokens went."""

    transfer_id = serializers.UUIDField()
    settled = serializers.IntegerField()
    refunded = serializers.IntegerField()
    reason = serializers.ChoiceField(choices=RefundReason.choices, allow_null=True)


class QueueItemMovedSerializer(CamelSerializer):
    """An item after its step, and its settlement, null where no tokens moved."""

    item = QueueItemSerializer()
    settlement = SettlementSerializer(allow_null=True)


class QueuePlaceSerializer(CamelSerializer):
    """Where an item stands."""

    item_id = serializers.UUIDField()
    performer_id = serializers.UUIDField(allow_null=True)
    position = serializers.IntegerField(allow_null=True)
    total_in_queue = serializers.IntegerField()
    estimated_wait_seconds = serializers.IntegerField(allow_null=True)
    status = serializers.ChoiceField(choices=Status.choices)


class LinePlaceSerializer(CamelSerializer):
    """Her place in the line of waiting performers."""

    new_state = serializers.ChoiceField(choices=State.choices)
    queue_position = serializers.IntegerField(allow_null=True)
    estimated_wait_time = serializers.IntegerField(allow_null=True)


class QueueSerializer(CamelSerializer):
    """A performer's queue, the running item first; never more than fifty, so it has one page."""

    results = QueueItemSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    depth = serializers.IntegerField()
    version = serializers.IntegerField()


class QueueHistorySerializer(CamelSerializer):
    """One page of items."""

    results = QueueItemSerializer(many=True)
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


class QueueSettingsSerializer(CamelSerializer):
    """What a performer has decided about her queue."""

    mode = serializers.ChoiceField(choices=Mode.choices)
    auto_rejoin = FlagField()
    accepts_slots = FlagField()


class FinishPartSerializer(CamelSerializer):
    """A partial performance; left out, everything is settled."""

    settled = WholeNumberField(required=False, min_value=1)
    refunded = WholeNumberField(required=False, min_value=0)


class NextRequestSerializer(CamelSerializer):
    """What a viewer asks of whoever is next."""

    tokens = WholeNumberField(min_value=1, max_value=10**9)
    title = TextField(max_length=100)
    duration_seconds = WholeNumberField(
        min_value=1,
        max_value=MAX_DURATION_SECONDS,
        allow_null=True,
        default=None,
        help_text=f"null or left out: {DEFAULT_DURATION_SECONDS}",
    )


class LineSerializer(CamelSerializer):
    """One movement of tokens, as a receipt shows it."""

    kind = serializers.CharField(help_text="settle: paid out; refund: given back")
    from_account = serializers.CharField()
    to_account = serializers.CharField()
    to_owner = serializers.UUIDField(allow_null=True)
    tokens = serializers.IntegerField()


class PreviewSerializer(CamelSerializer):
    """What the ledger would do with the running item's tokens: its own functions, run and undone."""

    finish = LineSerializer(many=True)
    abandon = LineSerializer(many=True)


class RefundReasonSerializer(CamelSerializer):
    """Why the tokens go back."""

    reason = serializers.ChoiceField(choices=[(r.value, r.label) for r in GIVEN_REASONS], required=False)
