"""Purchases at the same moment, with real threads on a database of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from accounts.models import Viewer
from core.exceptions import DomainError, Unavailable
from core.idempotency import Answer
from menus.models import PricedItem, Purchase
from menus.queries.offers import owned_menus
from menus.services import offers
from menus.services.purchases import purchase
from queue_app.models import PerformerQueue, QueueItem
from tests import factories
from tests.menus.support import claim, offer, on_duty, rich
from tests.support.threads import connections_for, refusals, together
from wallet.queries import balance_of

pytestmark = [pytest.mark.threads, pytest.mark.usefixtures("database_clone")]


def buyer(viewer: Viewer, item: PricedItem, key: str = "") -> Callable[[], Answer]:
    """His purchase, ready to run in a thread."""
    return partial(purchase, by=factories.actor(viewer), claim=claim(viewer, key), item_id=item.pk)


def insistent(ask: Callable[[], Answer]) -> Callable[[], Answer]:
    """Ask again with the same key while the answer is 503: nothing was done then, the machine is only busy."""

    def again() -> Answer:
        for _ in range(20):
            try:
                return ask()
            except Unavailable:
                continue
        return ask()

    return again


def test_sixty_buyers_on_a_depth_of_fifty_are_exactly_fifty() -> None:
    performer = on_duty(factories.performer())
    item = offer(performer, price=10)
    viewers = [rich(factories.viewer(), 100) for _ in range(60)]
    with connections_for(20):  # the sixty share them, as they do in a server
        outcomes = together([insistent(buyer(viewer, item)) for viewer in viewers])
    assert refusals(outcomes) == ["QUEUE_FULL"] * 10
    assert Purchase.objects.count() == QueueItem.objects.filter(performer=performer).count() == 50
    assert PerformerQueue.objects.get(performer=performer).depth == 50
    assert sorted(balance_of(viewer.pk).escrow for viewer in viewers) == [0] * 10 + [10] * 50
    places = [row["queueItem"]["position"] for row in bodies(outcomes)]
    assert sorted(places) == list(range(1, 51))


def bodies(outcomes: list[Answer | DomainError]) -> list[dict]:  # type: ignore[type-arg]
    """The bodies of the purchases that succeeded."""
    return [outcome.body for outcome in outcomes if isinstance(outcome, Answer)]


def test_one_key_from_sixteen_threads_is_one_purchase_and_sixteen_equal_answers() -> None:
    item = offer(on_duty(factories.performer()), price=10)
    viewer = rich(factories.viewer(), 1000)
    with connections_for(16):
        outcomes = together([buyer(viewer, item, "once") for _ in range(16)])
    found = bodies(outcomes)
    assert len(found) == 16
    assert all(body == found[0] for body in found)
    assert sum(not outcome.replayed for outcome in outcomes if isinstance(outcome, Answer)) == 1
    assert Purchase.objects.count() == 1
    assert balance_of(viewer.pk).escrow == 10


def test_one_key_from_sixteen_threads_without_tokens_is_one_refusal() -> None:
    item = offer(on_duty(factories.performer()), price=10)
    viewer = rich(factories.viewer(), 9)
    with connections_for(16):
        outcomes = together([buyer(viewer, item, "once") for _ in range(16)])
    assert refusals(outcomes) == ["INSUFFICIENT_BALANCE"] * 16
    assert Purchase.objects.count() == 0


def test_tokens_are_never_spent_twice() -> None:
    """Enough for three, asked ten times at two performers."""
    items = [offer(on_duty(factories.performer()), price=30) for _ in range(2)]
    viewer = rich(factories.viewer(), 100)
    with connections_for(10):
        outcomes = together([buyer(viewer, items[turn % 2]) for turn in range(10)])
    assert refusals(outcomes) == ["INSUFFICIENT_BALANCE"] * 7
    balance = balance_of(viewer.pk)
    assert (balance.available, balance.escrow) == (10, 90)


def test_the_daily_limit_holds_under_any_concurrency() -> None:
    item = offer(on_duty(factories.performer()), price=1, max_daily_purchases=3)
    viewer = rich(factories.viewer(), 100)
    with connections_for(12):
        outcomes = together([buyer(viewer, item) for _ in range(12)])
    assert refusals(outcomes) == ["CANNOT_BUY_MORE_TODAY"] * 9
    assert balance_of(viewer.pk).escrow == 3


def test_a_menu_taken_away_while_it_is_bought_loses_nothing() -> None:
    performer = on_duty(factories.performer())
    item = offer(performer, price=1)
    viewers = [rich(factories.viewer(), 10) for _ in range(12)]
    removal = partial(
        offers.remove_menu, by=factories.actor(performer), performer_id=performer.pk, menu_id=item.menu_id
    )
    work: list[Callable[[], Answer | None]] = [buyer(viewer, item) for viewer in viewers]
    work.insert(6, removal)
    with connections_for(13):
        outcomes = together(work)
    bought = sum(isinstance(outcome, Answer) for outcome in outcomes)
    assert set(refusals(outcomes)) <= {"NOT_FOUND"}
    assert Purchase.objects.count() == QueueItem.objects.count() == bought
    assert PricedItem.objects.filter(pk=item.pk, archived_at=None).count() == 0
    assert PricedItem.objects.filter(pk=item.pk).exists() == (bought > 0)


def test_eight_menus_stay_eight_under_any_concurrency() -> None:
    performer = factories.performer()
    by = factories.actor(performer)
    make = partial(offers.create_menu, by=by, performer_id=performer.pk, fields={"name": "Menu"})
    with connections_for(12):
        outcomes = together([make for _ in range(12)])
    assert refusals(outcomes) == ["CANNOT_ADD_MORE"] * 4
    found = [menu.ordering for menu in owned_menus(by, performer.pk)]
    assert found == list(range(1, 9))
