"""Days, weeks and months of the business, in its time zone: pure, the instant of asking is passed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

TODAY, WEEK, MONTH = PERIODS = ("today", "week", "month")
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A business period: from `since` on, before `until`; `starts` are those of its hours or days."""

    name: str
    since: datetime
    until: datetime
    starts: tuple[datetime, ...]


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The instant a business day begins: its midnight, or what follows the gap where a clock change swallows it."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def period_of(name: str, now: datetime, zone: ZoneInfo) -> Period:
    """The day (by hours), the week from Monday on or the month (both by days) that `now` lies in.

    Where clocks change a day has 23 or 25 hours, each with a start of its own.
    """
    today = now.astimezone(zone).date()
    if name == TODAY:
        since, until = start_of_day(today, zone), start_of_day(today + timedelta(days=1), zone)
        return Period(name, since, until, tuple(_hours(since, until)))
    if name == WEEK:
        first = today - timedelta(days=today.weekday())
        following = first + timedelta(days=7)
    else:
        first = today.replace(day=1)
        following = (first + timedelta(days=31)).replace(day=1)
    days = [first + timedelta(days=number) for number in range((following - first).days)]
    starts = tuple(start_of_day(day, zone) for day in days)
    return Period(name, starts[0], start_of_day(following, zone), starts)


def _hours(since: datetime, until: datetime) -> Iterator[datetime]:
    at = since
    while at < until:
        yield at
        at += HOUR
