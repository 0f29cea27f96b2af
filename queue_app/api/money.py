"""What the queue knows of the money: a performer's earnings, and anybody's past for staff."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import PerformerView, StaffView
from accounts.queries import account, is_performer
from core.api import CamelSerializer
from core.exceptions import NotFound
from modelstate.states import State
from queue_app.earnings import earnings_of
from queue_app.past import past_of
from queue_app.states import Status
from wallet.api.moments import InstantField
from wallet.api.serializers import BalanceSerializer, renamed
from wallet.periods import PERIODS, TODAY

AT = "2026-03-01T18:20:11.482113Z"
EARNINGS = OpenApiExample(
    "A day with two hours shown",
    value={
        "period": "today",
        "from": "2026-03-01T05:00:00Z",
        "to": "2026-03-02T05:00:00Z",
        "timeZone": "America/Toronto",
        "total": 420,
        "sources": [{"feature": "chip_menu", "words": "Menu", "tokens": 420, "movements": 3}],
        "series": [{"start": "2026-03-01T05:00:00Z", "tokens": 0}, {"start": "2026-03-01T06:00:00Z", "tokens": 420}],
    },
    response_only=True,
)
PAST = OpenApiExample(
    "A performer in the line",
    value={
        "ownerId": "01952f1c-0000-7a51-9b0c-5f6e7d8c0002",
        "at": AT,
        "balance": {
            "available": 0,
            "escrow": 0,
            "earned": 5400,
            "payoutPending": 1000,
            "owed": 0,
            "verified": True,
            "asOf": AT,
            "version": None,
        },
        "receivable": 0,
        "state": {"state": "STREAM_IN_QUEUE", "version": 31, "since": "2026-03-01T17:02:40.100000Z"},
        "items": [
            {
                "id": "01952f1c-6f1f-7b20-a1c2-3d4e5f607182",
                "holdId": "01952f1c-6f1d-7a51-9b0c-5f6e7d8c9b10",
                "title": "A song",
                "tokens": 300,
                "status": "created",
            }
        ],
    },
    response_only=True,
)


class PeriodSerializer(CamelSerializer):
    """Which period."""

    period = serializers.ChoiceField(choices=[(name, name) for name in PERIODS], default=TODAY)


class SourceSerializer(CamelSerializer):
    """What one feature brought."""

    feature = serializers.CharField(help_text="Or a transaction's kind, where no booking stands behind it.")
    words = serializers.CharField()
    tokens = serializers.IntegerField()
    movements = serializers.IntegerField(min_value=1)


class SlotSerializer(CamelSerializer):
    """One hour or one day."""

    start = serializers.DateTimeField()
    tokens = serializers.IntegerField()


class EarningsSerializer(CamelSerializer):
    """A period's earnings, less what was corrected in it."""

    period = serializers.ChoiceField(choices=[(name, name) for name in PERIODS], source="period.name")
    since = serializers.DateTimeField(source="period.since")
    until = serializers.DateTimeField(source="period.until")
    time_zone = serializers.CharField()
    total = serializers.IntegerField()
    sources = SourceSerializer(many=True)
    series = SlotSerializer(many=True)

    def get_fields(self) -> dict[str, serializers.Field[object, object, object, object]]:
        """`from` is a word of Python, so the field is declared under another name."""
        return renamed(super().get_fields(), {"since": "from", "until": "to"})


class PastQuerySerializer(CamelSerializer):
    """Which instant."""

    at = InstantField(help_text="An instant that has been, with its offset.")


class PastStateSerializer(CamelSerializer):
    """What a performer was doing."""

    state = serializers.ChoiceField(choices=State.choices)
    version = serializers.IntegerField(min_value=0)
    since = serializers.DateTimeField(allow_null=True)


class PastItemSerializer(CamelSerializer):
    """What waited or ran."""

    id = serializers.UUIDField()
    hold_id = serializers.UUIDField()
    title = serializers.CharField()
    tokens = serializers.IntegerField(min_value=1)
    status = serializers.ChoiceField(choices=Status.choices)


class PastSerializer(CamelSerializer):
    """An account at an instant."""

    owner_id = serializers.UUIDField()
    at = serializers.DateTimeField()
    balance = BalanceSerializer()
    receivable = serializers.IntegerField(source="balance.receivable", help_text="What she owed, below zero.")
    state = PastStateSerializer(allow_null=True, help_text="null for who does not perform")
    items = PastItemSerializer(many=True)


class EarningsView(PerformerView):
    """What she earned."""

    permission = "READ_WALLET"

    @extend_schema(
        operation_id="walletEarnings",
        parameters=[PeriodSerializer],
        responses=EarningsSerializer,
        examples=[EARNINGS],
    )
    def get(self, request: Request) -> Response:
        """Totals, by source, and a series for a chart: the business day by hours, the week or month by days."""
        query = PeriodSerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        found = earnings_of(self.performer_id, query.validated_data["period"])
        return Response(EarningsSerializer(found).data)


class PastView(StaffView):
    """Anybody's past."""

    permission = "READ_WALLET"

    @extend_schema(
        operation_id="adminAccountPast", parameters=[PastQuerySerializer], responses=PastSerializer, examples=[PAST]
    )
    def get(self, request: Request, owner_id: UUID) -> Response:
        """Balance, state and queue of an account at an instant."""
        query = PastQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        if account(owner_id) is None:
            raise NotFound()
        past = past_of(owner_id, query.validated_data["at"], performs=is_performer(owner_id))
        return Response(PastSerializer(past).data)
