"""Months of the business time zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from core.exceptions import ValidationFailed

MONTH = re.compile(r"^(20[0-9]{2})-(0[1-9]|1[0-2])$")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int

    @classmethod
    def of(cls, text: str) -> Month:
        """`2026-03`. Raises ValidationFailed for anything else."""
        found = MONTH.match(text)
        if found is None:
            raise ValidationFailed.of("month", "invalid", "Write a month as 2026-03.")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def at(cls, instant: datetime) -> Month:
        """The month that an instant lies in."""
        local = instant.astimezone(ZoneInfo(settings.BUSINESS_TIME_ZONE))
        return cls(local.year, local.month)

    def plus(self, months: int) -> Month:
        """So many months later."""
        count = self.year * 12 + self.number - 1 + months
        return Month(count // 12, count % 12 + 1)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def begins(self) -> datetime:
        """Its first instant."""
        return datetime(self.year, self.number, 1, tzinfo=ZoneInfo(settings.BUSINESS_TIME_ZONE))

    def __str__(self) -> str:
        return f"{self.year}-{self.number:02}"
