"""Business periods: whole days where the business is, with 23 and 25 hours where clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.periods import PERIODS, period_of

TORONTO = ZoneInfo("America/Toronto")
ZONES = ("America/Toronto", "Asia/Kolkata", "Pacific/Kiritimati", "Australia/Lord_Howe", "America/Havana", "UTC")
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


def at(words: str) -> datetime:
    return datetime.fromisoformat(words)


@pytest.mark.parametrize(
    ("now", "since", "until", "hours"),
    [
        ("2026-01-15T12:00:00Z", "2026-01-15T05:00:00Z", "2026-01-16T05:00:00Z", 24),
        ("2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", 23),
        ("2025-11-02T12:00:00Z", "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z", 25),
        ("2026-07-01T03:59:59Z", "2026-06-30T04:00:00Z", "2026-07-01T04:00:00Z", 24),
    ],
)
def test_a_day_has_the_hours_that_it_has(now: str, since: str, until: str, hours: int) -> None:
    today = period_of("today", at(now), TORONTO)

    assert (today.since, today.until, len(today.starts)) == (at(since), at(until), hours)


def test_a_week_begins_on_monday() -> None:
    week = period_of("week", at("2026-03-08T12:00:00Z"), TORONTO)

    assert (week.since, week.until) == (at("2026-03-02T05:00:00Z"), at("2026-03-09T04:00:00Z"))
    assert len(week.starts) == 7


@pytest.mark.parametrize(
    ("now", "days"), [("2026-02-10T12:00:00Z", 28), ("2028-02-29T12:00:00Z", 29), ("2026-12-31T23:00:00Z", 31)]
)
def test_a_month_has_its_days(now: str, days: int) -> None:
    assert len(period_of("month", at(now), TORONTO).starts) == days


def test_a_day_whose_midnight_is_swallowed_begins_after_it() -> None:
    today = period_of("today", at("2026-03-08T12:00:00Z"), ZoneInfo("America/Havana"))

    assert (today.since, len(today.starts)) == (at("2026-03-08T05:00:00Z"), 23)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", PERIODS)
@given(now=INSTANTS)
def test_a_period_holds_its_instant_and_its_starts_in_order(name: str, zone: str, now: datetime) -> None:
    period = period_of(name, now, ZoneInfo(zone))

    assert period.since <= now < period.until
    assert period.starts[0] == period.since
    steps = [later - sooner for sooner, later in zip(period.starts, [*period.starts[1:], period.until], strict=True)]
    longest = timedelta(hours=1) if name == "today" else timedelta(hours=25)
    assert all(timedelta(0) < step <= longest for step in steps)


@pytest.mark.parametrize("zone", ZONES)
@given(now=INSTANTS)
def test_days_follow_each_other_without_a_gap(zone: str, now: datetime) -> None:
    today = period_of("today", now, ZoneInfo(zone))

    assert period_of("today", today.until, ZoneInfo(zone)).since == today.until
