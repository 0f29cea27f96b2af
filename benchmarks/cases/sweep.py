"""Ten thousand items whose time is over at once: how long the product's own sweeper takes to give all tokens back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from benchmarks.cases.base import Bench
from benchmarks.data import Buyer, Seller, make_buyer, make_seller
from benchmarks.meter import Meter, Usage
from benchmarks.report import Goal, Series
from core.sql import call_value

PERFORMERS = 200
ITEMS_EACH = 50
PATIENCE_SECONDS = 120

_FILL = (
    "SELECT count(menus_purchase(buyer, gen_random_uuid()::text, sha256('bench'), %s, '', %s))"
    " FROM unnest(%s::uuid[]) AS buyer"
)
_LEFT = "SELECT sum(depth) FROM queue_app_performerqueue WHERE performer_id = ANY(%s)"  # cheap: it is asked often
_LEAVE = "SELECT presence_renew(array_agg(sign_in_id), 'socket', 0) FROM presence_lease WHERE owner_id = ANY(%s)"
#: Who is gone is OFFLINE at once, and nobody's place is kept.
NO_PATIENCE = {"absence": 0, "keep_place": 0}


class Sweep:
    """Row sweep-10000-deadlines, measured once, in the last round: meanwhile nobody may be away."""

    name = "sweep"

    def __init__(self) -> None:
        self.took = Series("sweep-10000-deadlines", "s", Goal("<", 10), note="all due at the same time")

    def prepare(self, bench: Bench) -> None:
        """Viewers who each buy from every performer."""
        self.buyers: list[Buyer] = [make_buyer() for _ in range(ITEMS_EACH)]

    def measure(self, bench: Bench) -> Usage:
        """Fill full queues and have their performers vanish while the sweeper is stopped, then let it go."""
        meter = Meter(bench.stack.roots)
        if bench.last_round:
            with limits(NO_PATIENCE):
                with sweeper_stopped(bench.stack.roots["worker"]):
                    self._fill()
                began = time.monotonic()
                self._wait_until_swept(began + PATIENCE_SECONDS)
                self.took.add(time.monotonic() - began)
        return meter.stop()

    def series(self) -> list[Series]:
        """Its figure."""
        return [self.took]

    def _fill(self) -> None:
        self.sellers: list[Seller] = [make_seller(mode="ON") for _ in range(PERFORMERS)]
        buyers = [buyer.id for buyer in self.buyers]
        with connection.cursor() as cursor:
            for seller in self.sellers:
                cursor.execute(_FILL, [seller.item_id, settings.BUSINESS_TIME_ZONE, buyers])
            cursor.execute(_LEAVE, [self._performers()])
        if self._left() != PERFORMERS * ITEMS_EACH:
            raise RuntimeError(f"{self._left()} items are due, not {PERFORMERS * ITEMS_EACH}")

    def _wait_until_swept(self, deadline: float) -> None:
        while left := self._left():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{left} items are still due")
            time.sleep(0.05)

    def _performers(self) -> list[UUID]:
        return [seller.id for seller in self.sellers]

    def _left(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(_LEFT, [self._performers()])
            return int(cursor.fetchone()[0])


@contextmanager
def sweeper_stopped(pids: tuple[int, ...]) -> Iterator[None]:
    """The sweeper's process stands still inside the block."""
    pid = next(pid for pid in pids if b"sweep" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def limits(seconds: dict[str, int]) -> Iterator[None]:
    """These limits hold inside the block."""
    call_value("queue_app_set_limits", limits=seconds)
    try:
        yield
    finally:
        call_value("queue_app_set_limits", limits=settings.QUEUE_LIMITS)
