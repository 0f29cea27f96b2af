"""Limits: lower at once, higher after a day by the database's clock; what is given back was never spent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection

from audit.models import AuditEntry
from compliance import services
from compliance.exceptions import CannotShortenExclusion, SelfExcluded, SpendingLimitExceeded
from compliance.models import ViewerLimits
from compliance.policies import GAME_LIMITS, MOST_DAYS
from compliance.queries import limits_of
from core.actors import SYSTEM
from core.exceptions import DomainError, NotFound, ValidationFailed
from tests import factories
from tests.compliance.support import ask, limited, spend, wish
from tests.support.database import Connection
from wallet import services as wallet
from wallet import settlement

pytestmark = pytest.mark.django_db


def test_who_has_set_nothing_spends_freely_and_leaves_no_row() -> None:
    viewer = limited()
    ask(viewer.pk, 10**9)
    assert not ViewerLimits.objects.filter(pk=viewer.pk).exists()


def test_a_limit_counts_what_is_held_already() -> None:
    viewer = limited(daily=500)
    spend(viewer, 300)
    ask(viewer.pk, 200)
    with pytest.raises(SpendingLimitExceeded, match="500 tokens; you have spent 300") as refused:
        ask(viewer.pk, 201)
    told = refused.value.details
    assert (told["period"], told["limit"], told["spent"]) == ("daily", 500, 300)
    assert told["reset_time"] == limits_of(viewer.pk).daily.reset_time


def test_the_week_has_a_limit_of_its_own() -> None:
    viewer = limited(weekly=500)
    spend(viewer, 500)
    with pytest.raises(SpendingLimitExceeded) as refused:
        ask(viewer.pk, 1)
    assert refused.value.details["period"] == "weekly"


def test_a_limit_of_nothing_allows_nothing() -> None:
    with pytest.raises(SpendingLimitExceeded):
        ask(limited(daily=0).pk, 1)


def test_games_of_chance_have_the_houses_limits_too() -> None:
    viewer = limited()
    ask(viewer.pk, GAME_LIMITS["daily"], "game")
    with pytest.raises(SpendingLimitExceeded) as refused:
        ask(viewer.pk, GAME_LIMITS["daily"] + 1, "game")
    assert refused.value.details["limit"] == GAME_LIMITS["daily"]


def test_the_houses_limits_are_the_policys() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'compliance_allow'")
        source = cursor.fetchone()[0]
    for period, tokens in GAME_LIMITS.items():
        assert f"v_own.{period} := LEAST(v_own.{period}, {tokens})" in source


def test_an_own_limit_below_the_houses_holds_in_games() -> None:
    with pytest.raises(SpendingLimitExceeded) as refused:
        ask(limited(daily=100).pk, 101, "game")
    assert refused.value.details["limit"] == 100


def test_a_refund_gives_the_amount_back_to_its_day() -> None:
    viewer = limited(daily=500)
    settlement.refund_hold(by=SYSTEM, hold_id=spend(viewer, 500), reason="timeout", key=str(uuid4()))
    ask(viewer.pk, 500)
    assert limits_of(viewer.pk).daily.spent == 0


def test_of_a_partial_settlement_only_what_was_paid_is_spent() -> None:
    viewer, performer = limited(daily=500), factories.performer()
    hold = wallet.place_hold(by=SYSTEM, viewer_id=viewer.pk, performer_id=performer.pk, tokens=500, key=str(uuid4()))
    settlement.settle_hold(by=SYSTEM, hold_id=hold.id, tokens=120, key=str(uuid4()))
    assert limits_of(viewer.pk).daily.spent == 120


def test_a_reversal_gives_the_amount_back_too() -> None:
    viewer, performer = limited(daily=500), factories.performer()
    hold = wallet.place_hold(by=SYSTEM, viewer_id=viewer.pk, performer_id=performer.pk, tokens=500, key=str(uuid4()))
    done = settlement.settle_hold(by=SYSTEM, hold_id=hold.id, key=str(uuid4()))
    wallet.reverse_transfer(by=SYSTEM, transfer_id=done.transfer_id, reason="mistake", key=str(uuid4()))
    assert limits_of(viewer.pk).daily.spent == 0


def test_credits_are_no_spending() -> None:
    assert limits_of(limited(tokens=700).pk).weekly.spent == 0


def test_lower_holds_at_once_higher_after_a_day() -> None:
    viewer = limited(daily=500)
    limits = wish(viewer, daily=800)
    assert limits.daily.tokens == 500
    assert limits.daily.pending is not None
    assert limits.daily.pending.tokens == 800
    assert timedelta(hours=23) < limits.daily.pending.since - datetime.now(UTC) <= timedelta(hours=24)
    lowered = wish(viewer, daily=300)
    assert (lowered.daily.tokens, lowered.daily.pending) == (300, None)


def test_taking_a_limit_away_is_a_raise() -> None:
    pending = wish(limited(daily=500), daily=None).daily.pending
    assert pending is not None
    assert pending.tokens is None


def test_the_same_raise_again_keeps_its_time_and_another_begins_anew() -> None:
    viewer = limited(daily=500)
    first = wish(viewer, daily=800).daily.pending
    assert wish(viewer, daily=800).daily.pending == first
    assert wish(viewer, weekly=9).daily.pending == first
    other = wish(viewer, daily=900).daily.pending
    assert other is not None
    assert first is not None
    assert other.since > first.since


def test_who_excludes_himself_spends_nothing_anywhere() -> None:
    viewer = limited()
    services.exclude(by=factories.actor(viewer), viewer_id=viewer.pk, days=1)
    for scope in ("purchase", "game"):
        with pytest.raises(SelfExcluded, match="UTC"):
            ask(viewer.pk, 1, scope)


def test_a_self_exclusion_grows_and_never_shrinks() -> None:
    viewer = limited()
    first = services.exclude(by=factories.actor(viewer), viewer_id=viewer.pk, days=30).excluded_until
    with pytest.raises(CannotShortenExclusion):
        services.exclude(by=factories.actor(viewer), viewer_id=viewer.pk, days=29)
    longer = services.exclude(by=factories.actor(viewer), viewer_id=viewer.pk, days=31).excluded_until
    assert first is not None
    assert longer is not None
    assert longer > first


@pytest.mark.parametrize("changes", [{"daily": -1}, {"weekly": 10**9 + 1}, {"daily": True}, {"monthly": 5}])
def test_a_limit_that_is_none_is_refused_by_field(changes: dict[str, int | None]) -> None:
    with pytest.raises(ValidationFailed) as refused:
        wish(factories.viewer(), **changes)
    assert [error.attr for error in refused.value.errors] == list(changes)


@pytest.mark.parametrize("days", [0, -3, MOST_DAYS + 1, True])
def test_an_exclusion_lasts_a_day_to_five_years(days: int) -> None:
    viewer = factories.viewer()
    with pytest.raises(ValidationFailed):
        services.exclude(by=factories.actor(viewer), viewer_id=viewer.pk, days=days)


def test_who_is_no_viewer_has_no_limits() -> None:
    performer = factories.performer()
    with pytest.raises(NotFound):
        services.set_limits(by=SYSTEM, viewer_id=performer.pk, changes={"daily": 5})
    with pytest.raises(NotFound):
        services.exclude(by=SYSTEM, viewer_id=performer.pk, days=5)


def test_every_change_is_audited() -> None:
    viewer = limited(daily=500)
    services.exclude(by=factories.actor(viewer), viewer_id=viewer.pk, days=2)
    entries = AuditEntry.objects.filter(target_id=str(viewer.pk)).order_by("id")
    assert [(entry.action, entry.after) for entry in entries] == [
        ("compliance.set_limits", {"daily": 500}),
        ("compliance.exclude", {"days": 2}),
    ]


def test_days_and_weeks_begin_in_the_business_zone() -> None:
    zone = ZoneInfo("America/Toronto")
    limits = limits_of(limited().pk)
    day, week = limits.daily.reset_time.astimezone(zone), limits.weekly.reset_time.astimezone(zone)
    assert (day.hour, day.minute, week.hour, week.isoweekday()) == (0, 0, 0, 1)
    assert datetime.now(zone) < day <= week


@pytest.mark.parametrize(
    ("now", "day", "next_week"),
    [
        ("2026-03-08 05:30+00", "2026-03-08 05:00+00", "2026-03-09 04:00+00"),  # clocks go forward that Sunday
        ("2026-11-02 04:30+00", "2026-11-01 04:00+00", "2026-11-02 05:00+00"),  # the Sunday of 25 hours
    ],
)
def test_a_day_of_23_or_25_hours_is_one_day(owner_connection: Connection, now: str, day: str, next_week: str) -> None:
    found = owner_connection.execute("SELECT prosrc FROM pg_proc WHERE proname = 'compliance_periods'").fetchone()
    body = str(found[0] if found else "").replace("now()", f"'{now}'::timestamptz")
    owner_connection.execute(f"SET house.zone = '{settings.BUSINESS_TIME_ZONE}'")
    owner_connection.execute(
        "CREATE FUNCTION at_that_time(OUT day timestamptz, OUT next_day timestamptz,"
        f" OUT week timestamptz, OUT next_week timestamptz) LANGUAGE plpgsql AS $body${body}$body$"
    )
    told = owner_connection.execute(
        "SELECT day = %s::timestamptz, next_week = %s::timestamptz FROM at_that_time()", [day, next_week]
    )
    assert told.fetchone() == (True, True)


def test_nobody_spends_in_a_scope_that_does_not_exist() -> None:
    with pytest.raises(Exception, match="nobody spends"):
        ask(limited().pk, 1, "gift")


def test_refusals_are_domain_errors_with_the_contracts_codes() -> None:
    assert (SpendingLimitExceeded.code, SpendingLimitExceeded.status) == ("SPENDING_LIMIT_EXCEEDED", 409)
    assert (SelfExcluded.code, SelfExcluded.status) == ("SELF_EXCLUDED", 403)
    assert issubclass(CannotShortenExclusion, DomainError)
