"""The limits' shapes on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from compliance.policies import GAME_LIMITS, MOST_DAYS, PERIODS
from compliance.queries import Limit, Limits, Pending
from core.api import CamelSerializer, WholeNumberField
from wallet.policies import MAX_TOKENS


class LimitsInputSerializer(CamelSerializer):
    """What changes; null takes a limit away, what is left out stays."""

    daily = WholeNumberField(min_value=0, max_value=MAX_TOKENS, allow_null=True, required=False)
    weekly = WholeNumberField(min_value=0, max_value=MAX_TOKENS, allow_null=True, required=False)


class ExclusionInputSerializer(CamelSerializer):
    """For how long."""

    days = WholeNumberField(min_value=1, max_value=MOST_DAYS)


class PendingSerializer(CamelSerializer):
    """A raise that waits."""

    tokens = serializers.IntegerField(allow_null=True, min_value=0, help_text="Null: no limit.")
    since = serializers.DateTimeField(help_text="From when on it holds.")


class PendingLimitsSerializer(CamelSerializer):
    """Raises that wait, by period."""

    daily = PendingSerializer(allow_null=True)
    weekly = PendingSerializer(allow_null=True)


class TokensByPeriodSerializer(CamelSerializer):
    """Tokens, by period."""

    daily = serializers.IntegerField(min_value=0)
    weekly = serializers.IntegerField(min_value=0)


class TimesByPeriodSerializer(CamelSerializer):
    """Instants, by period."""

    daily = serializers.DateTimeField()
    weekly = serializers.DateTimeField()


class LimitsSerializer(CamelSerializer):
    """What a viewer may spend; limits he has not set are null."""

    daily = serializers.IntegerField(allow_null=True, min_value=0)
    weekly = serializers.IntegerField(allow_null=True, min_value=0)
    pending = PendingLimitsSerializer()
    spent = TokensByPeriodSerializer()
    reset_time = TimesByPeriodSerializer(help_text="When counting begins anew, in the business time zone's days.")
    game_limits = TokensByPeriodSerializer(help_text="The house's limits for games of chance; the lower one holds.")
    self_excluded_until = serializers.DateTimeField(allow_null=True)


def on_the_wire(limits: Limits) -> dict[str, Any]:
    """The limits as `LimitsSerializer` writes them."""
    parts: dict[str, Limit] = {period: getattr(limits, period) for period in PERIODS}
    shape = {
        **{period: part.tokens for period, part in parts.items()},
        "pending": {period: _pending(part.pending) for period, part in parts.items()},
        "spent": {period: part.spent for period, part in parts.items()},
        "reset_time": {period: part.reset_time for period, part in parts.items()},
        "game_limits": GAME_LIMITS,
        "self_excluded_until": limits.excluded_until,
    }
    return dict(LimitsSerializer(shape).data)


def _pending(pending: Pending | None) -> dict[str, Any] | None:
    return None if pending is None else {"tokens": pending.tokens, "since": pending.since}
