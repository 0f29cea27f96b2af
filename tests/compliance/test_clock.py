"""Limits by the database's clock, and under threads: the whole sum counts, whoever comes at once."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import Viewer
from compliance import services
from compliance.exceptions import SpendingLimitExceeded
from compliance.queries import limits_of
from menus.models import PricedItem
from menus.services.purchases import purchase
from tests import factories
from tests.compliance.support import ask, limited, spend, turn_back, wish
from tests.menus.support import claim, offer, on_duty
from tests.support.database import Connection
from tests.support.threads import connections_for, refusals, together
from tests.wallet.support import assert_ledger_holds


def test_a_raise_comes_into_force_without_a_job(owner_connection: Connection) -> None:
    viewer = limited(daily=500)
    wish(viewer, daily=800)
    turn_back(owner_connection, viewer, "daily_next_at", "24 hours")
    assert (limits_of(viewer.pk).daily.tokens, limits_of(viewer.pk).daily.pending) == (800, None)
    ask(viewer.pk, 800)
    with pytest.raises(SpendingLimitExceeded):
        ask(viewer.pk, 801)


def test_a_raise_a_minute_before_its_time_does_not_hold(owner_connection: Connection) -> None:
    viewer = limited(weekly=500)
    wish(viewer, weekly=None)
    turn_back(owner_connection, viewer, "weekly_next_at", "23 hours 59 minutes")
    with pytest.raises(SpendingLimitExceeded):
        ask(viewer.pk, 501)


def test_a_self_exclusion_ends_by_itself(owner_connection: Connection) -> None:
    viewer = limited()
    services.exclude(by=factories.actor(viewer), viewer_id=viewer.pk, days=1)
    turn_back(owner_connection, viewer, "excluded_until", "24 hours")
    ask(viewer.pk, 1)
    assert limits_of(viewer.pk).excluded_until is None


def test_not_even_the_owner_of_the_tables_makes_it_shorter(owner_connection: Connection) -> None:
    viewer = limited()
    services.exclude(by=factories.actor(viewer), viewer_id=viewer.pk, days=30)
    for change in (
        "UPDATE compliance_viewerlimits SET excluded_until = now()",
        "UPDATE compliance_viewerlimits SET excluded_until = NULL",
        "DELETE FROM compliance_viewerlimits",
        "TRUNCATE compliance_viewerlimits",
    ):
        with pytest.raises(Exception, match=r"shorter|append-only|truncated|refused"):
            owner_connection.execute(change)


def test_outside_a_transaction_nothing_would_be_counted(database_clone: str) -> None:
    with pytest.raises(RuntimeError):
        services.check_can_spend(viewer_id=uuid4(), tokens=1, scope="purchase")


def spend_if_allowed(viewer: Viewer, tokens: int) -> None:
    """As a spending service does it: asked and spent in one transaction."""
    with transaction.atomic():
        services.check_can_spend(viewer_id=viewer.pk, tokens=tokens, scope="game")
        spend(viewer, tokens)


def buy(viewer: Viewer, item: PricedItem) -> None:
    """He buys the item."""
    purchase(by=factories.actor(viewer), claim=claim(viewer), item_id=item.pk)


@pytest.mark.threads
def test_sixteen_threads_spend_the_limit_to_the_token(database_clone: str) -> None:
    viewer = limited(daily=700)
    with connections_for(16):
        outcomes = together([lambda: spend_if_allowed(viewer, 100)] * 16)
    assert refusals(outcomes) == ["SPENDING_LIMIT_EXCEEDED"] * 9
    assert limits_of(viewer.pk).daily.spent == 700


@pytest.mark.threads
def test_purchases_at_once_stay_within_the_limit(database_clone: str) -> None:
    viewer, item = limited(daily=500), offer(on_duty(factories.performer()), price=100)
    with connections_for(16):
        outcomes = together([lambda: buy(viewer, item)] * 16)
    assert refusals(outcomes) == ["SPENDING_LIMIT_EXCEEDED"] * 11
    assert limits_of(viewer.pk).daily.spent == 500
    assert_ledger_holds()


@pytest.mark.threads
def test_a_limit_lowered_while_others_spend_holds_for_all_who_come_after(database_clone: str) -> None:
    viewer = limited(daily=2000)
    with connections_for(16):
        together([lambda: spend_if_allowed(viewer, 100)] * 15 + [lambda: wish(viewer, daily=0)])
        after = limits_of(viewer.pk).daily
        assert refusals(together([lambda: spend_if_allowed(viewer, 1)] * 8)) == ["SPENDING_LIMIT_EXCEEDED"] * 8
    assert (limits_of(viewer.pk).daily.spent, after.tokens) == (after.spent, 0)


@pytest.mark.threads
def test_the_first_of_all_games_are_counted_too(database_clone: str) -> None:
    viewer = limited()
    with connections_for(16):
        outcomes = together([lambda: spend_if_allowed(viewer, 500)] * 16)
    assert refusals(outcomes) == ["SPENDING_LIMIT_EXCEEDED"] * 12
