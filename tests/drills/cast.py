"""The people of a drill at the product's door: performers who sell, viewers who have tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import time_ns
from uuid import UUID

from accounts.models import Performer, Viewer
from core.actors import SYSTEM
from menus.services.offers import add_item, create_menu
from tests import factories
from tests.drills.callers import Buyer, Caller, Worker
from wallet.services import fund

START_TOKENS = 1_000_000
PRICES = (25, 40, 90)


@dataclass(frozen=True)
class Cast:
    """Everybody, by profile and as a client, and what is for sale."""

    performers: list[Performer]
    viewers: list[Viewer]
    workers: list[Worker]
    buyers: list[Buyer]
    offers: list[tuple[UUID, int]]

    def turns(self) -> dict[Caller, Callable[[], None]]:
        """What each does all the time."""
        buying: dict[Caller, Callable[[], None]] = {buyer: partial(buyer.turn, self.offers) for buyer in self.buyers}
        working: dict[Caller, Callable[[], None]] = {worker: worker.turn for worker in self.workers}
        return buying | working


def engage(url: str, *, performers: int, viewers: int, duration_seconds: int = 60) -> Cast:
    """New people in the product's database; the performers are in the line and come back to it by themselves."""
    run = time_ns()
    password = f"drill {run}"
    names = [f"drill-{run}-{number}" for number in range(performers + viewers)]
    hers = [factories.performer(name, password=password) for name in names[:performers]]
    his = [factories.viewer(name, password=password) for name in names[performers:]]
    offers = [offer for performer in hers for offer in _sell(performer, duration_seconds)]
    for viewer in his:
        fund(by=SYSTEM, owner_id=viewer.pk, tokens=START_TOKENS, key=f"drill-{viewer.pk}")
    workers = [Worker(url, name, password, number) for number, name in enumerate(names[:performers])]
    buyers = [Buyer(url, name, password, performers + number) for number, name in enumerate(names[performers:])]
    for worker in workers:
        _come(worker)
    return Cast(hers, his, workers, buyers, offers)


def _sell(performer: Performer, duration_seconds: int) -> list[tuple[UUID, int]]:
    by = factories.actor(performer)
    fields = {"name": "Drill", "type": "purchasable", "published": True}
    menu = create_menu(by=by, performer_id=performer.pk, fields=fields)
    sold = []
    for price in PRICES:
        item = {"name": f"For {price}", "description": "", "price": price, "duration_seconds": duration_seconds}
        sold.append((add_item(by=by, performer_id=performer.pk, menu_id=menu.id, fields=item).id, price))
    return sold


def _come(worker: Worker) -> None:
    worker.ask("join", "/queue/join")
    worker.put("/queue/settings", {"autoRejoin": True})
