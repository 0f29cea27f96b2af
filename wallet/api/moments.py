"""Instants and days in addresses: ISO 8601 with its offset, or a day of the business."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from wallet.periods import start_of_day
from wallet.queries.earnings import business_zone

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INSTANT = {"type": "string", "format": "date-time"}
DAY_OR_INSTANT = {"anyOf": [{"type": "string", "format": "date"}, INSTANT]}


@extend_schema_field(INSTANT)
class InstantField(serializers.Field[datetime, str, str, str]):
    """An instant: a date and a time with an offset or Z."""

    default_error_messages = {
        "invalid": "Give an instant as 2026-03-01T18:20:00Z.",
        "timezone_required": "Say which time zone: end with Z or an offset such as -05:00.",
    }

    def to_internal_value(self, data: Any) -> datetime:  # noqa: ANN401 - untrusted input
        """The instant in UTC."""
        try:
            found = datetime.fromisoformat(data)
            if found.tzinfo is not None:
                return found.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            self.fail("invalid")
        return self.fail("timezone_required")

    def to_representation(self, value: datetime) -> str:
        """As it is written on the wire."""
        return value.isoformat()


@extend_schema_field(DAY_OR_INSTANT)
class SpanField(InstantField):
    """A bound of a span [from, to): an instant as given, or a business day. `to` a day means: with all of that day."""

    default_error_messages = {"invalid": "Give a day as 2026-03-01 or an instant as 2026-03-01T18:20:00Z."}

    def __init__(self, *, days_later: int = 0, **options: Any) -> None:  # noqa: ANN401 - options of Field
        super().__init__(**options)
        self.days_later = days_later

    def to_internal_value(self, data: Any) -> datetime:  # noqa: ANN401 - untrusted input
        """The instant, or the midnight in BUSINESS_TIME_ZONE that the day begins or ends with."""
        if not (isinstance(data, str) and DAY.fullmatch(data)):
            return super().to_internal_value(data)
        try:
            return start_of_day(date.fromisoformat(data) + timedelta(days=self.days_later), business_zone())
        except (ValueError, OverflowError):
            return self.fail("invalid")
