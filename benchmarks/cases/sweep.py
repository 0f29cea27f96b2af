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
    "SELECT count(menus_purchase(%s, gen_random_uuid()::text, sha256('bench'), %s, '', %s)) FROM generate_series(1, %s)"
)
_LEFT = "SELECT count(*) FROM queue_app_queueitem WHERE status = 'created' AND deadline_at < now()"


class Sweep:
    """Row sweep-10000-deadlines, measured once a run."""

    name = "sweep"

    def __init__(self) -> None:
        self.took = Series("sweep-10000-deadlines", "s", Goal("<", 10), note="all due at the same time")

    def prepare(self, bench: Bench) -> None:
        """Full queues' owners and a viewer who pays."""
        self.buyer: Buyer = make_buyer()
        self.sellers: list[Seller] = [make_seller(mode="ON") for _ in range(PERFORMERS)]

    def measure(self, bench: Bench) -> Usage:
        """Fill while the sweeper is stopped, then let it go."""
        meter = Meter(bench.stack.roots)
        if not self.took.values:
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
        with lifetime(0), connection.cursor() as cursor:
            for seller in self.sellers:
                values: list[UUID | str | int] = [
                    self.buyer.id,
                    seller.item_id,
                    settings.BUSINESS_TIME_ZONE,
                    ITEMS_EACH,
                ]
                cursor.execute(_FILL, values)
        if _left() != PERFORMERS * ITEMS_EACH:
            raise RuntimeError(f"{_left()} items are due, not {PERFORMERS * ITEMS_EACH}")

    def _wait_until_swept(self, deadline: float) -> None:
        while _left():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{_left()} items are still due")
            time.sleep(0.05)


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
def lifetime(seconds: int) -> Iterator[None]:
    """What is taken in inside the block waits no longer than this."""
    call_value("queue_app_set_limits", limits={"lifetime": seconds})
    try:
        yield
    finally:
        call_value("queue_app_set_limits", limits=settings.QUEUE_LIMITS)


def _left() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_LEFT)
        return int(cursor.fetchone()[0])
