"""The queue's cycle over HTTP, as a viewer's and a performer's clients drive it, against the bare functions.

One performer is two clients: a viewer buys without a pause, at most a few items ahead, and she starts and finishes what
is at the head. Only one database lock, her queue's, makes them take turns.
"""

from __future__ import annotations

import asyncio
import time
from uuid import UUID, uuid4

from benchmarks.cases.base import Bench
from benchmarks.cases.queue import cycle_script, finished, join_line
from benchmarks.data import Buyer, Seller, make_buyer, make_seller
from benchmarks.meter import Meter, Usage
from benchmarks.pgbench import pgbench
from benchmarks.report import Goal, Series, percentile
from benchmarks.talk import Script, Talk, converse

AHEAD = 4
MANY = 100
#: Clients at once that never pause: 25 pairs, or 50 performers.
CONCURRENT = 50
JOINS_EACH = 3
#: People pause: each of the fifty does something once in so long.
PAUSE_SECONDS = 1.0


class QueueOverHttp:
    """Rows queue-http-*, queue-join-p95* and queue-settlement-p95."""

    name = "queue over http"

    def __init__(self) -> None:
        self.one = Series(
            "queue-http-one-performer", "/s", Goal(">=", 0.35, "ratio"), "pgbench, same functions, one performer"
        )
        self.even = Series(
            "queue-http-one-against-many", "/s", Goal(">=", 0.8, "ratio"), f"{MANY} performers, same run"
        )
        self.join = Series("queue-join-p95", "ms", Goal("<", 100), note=f"{CONCURRENT} clients that never pause")
        self.calm = Series("queue-join-p95-people", "ms", Goal("<", 100), note=f"{CONCURRENT} that act once a second")
        self.settle = Series(
            "queue-settlement-p95", "ms", Goal("<", 500), note=f"{CONCURRENT} clients that never pause"
        )

    def prepare(self, bench: Bench) -> None:
        """Viewers with tokens, performers in the line who join again after every performance."""
        self.pairs = [(make_buyer(), make_seller(mode="ON")) for _ in range(MANY)]
        for _, seller in self.pairs:
            join_line(seller)

    def measure(self, bench: Bench) -> Usage:
        """One performer, the same bare, a hundred, then the latencies of fifty clients."""
        meter = Meter(bench.stack.roots)
        one, _ = self._drive(bench, self.pairs[:1])
        buyers, sellers = zip(*self.pairs, strict=True)
        bare = pgbench(cycle_script([*buyers], [*sellers]), clients=1, seconds=round(bench.seconds))
        many, _ = self._drive(bench, self.pairs)
        _, latencies = self._drive(bench, self.pairs[: CONCURRENT // 2])
        self.one.add(one, bare.rate)
        self.even.add(one, many)
        self.settle.add(percentile(latencies["finish"], 0.95))
        self.join.add(percentile(self._joins(bench, pause=0), 0.95))
        self.calm.add(percentile(self._joins(bench, pause=PAUSE_SECONDS), 0.95))
        return meter.stop()

    def series(self) -> list[Series]:
        """Its figures so far."""
        return [self.one, self.even, self.join, self.calm, self.settle]

    def _drive(self, bench: Bench, pairs: list[tuple[Buyer, Seller]]) -> tuple[float, dict[str, list[float]]]:
        """Cycles a second, counted in the database, and the latencies."""
        signed_in = [(_bearer(buyer), _bearer(seller), seller.item_id) for buyer, seller in pairs]
        before, began = finished(), time.monotonic()
        until = began + bench.seconds
        scripts = [script for one in signed_in for script in two_clients(*one, until)]
        latencies = converse(bench.stack.port, scripts)
        return (finished() - before) / (time.monotonic() - began), latencies

    def _joins(self, bench: Bench, *, pause: float) -> list[float]:
        """Fresh performers each time: an hour allows ten attempts. Their pauses are spread over each other's."""
        sellers = [make_seller(mode="ON") for _ in range(CONCURRENT)]
        scripts = [_joiner(seller, pause, pause * place / CONCURRENT) for place, seller in enumerate(sellers)]
        return converse(bench.stack.port, scripts)["join"]


def two_clients(viewer: dict[str, str], performer: dict[str, str], ware: UUID, until: float) -> tuple[Script, Script]:
    """Who buys and who performs; both end when the time is over and nothing waits."""
    bought: asyncio.Queue[str | None] = asyncio.Queue(AHEAD)

    async def buy(talk: Talk) -> None:
        while time.monotonic() < until:
            answer = await talk.post("purchase", f"/api/v1/public/menu-items/{ware}/purchase", _keyed(viewer))
            await bought.put(answer["queueItem"]["id"])
        await bought.put(None)

    async def perform(talk: Talk) -> None:
        while (item := await bought.get()) is not None:
            await talk.post("start", f"/api/v1/queue/items/{item}/start", _keyed(performer))
            await talk.post("finish", f"/api/v1/queue/items/{item}/finish", _keyed(performer))

    return buy, perform


def _joiner(seller: Seller, pause: float, first: float) -> Script:
    performer = _bearer(seller)

    async def join_and_leave(talk: Talk) -> None:
        await asyncio.sleep(first)
        for _ in range(JOINS_EACH):
            for step in ("join", "leave"):
                await talk.post(step, f"/api/v1/queue/{step}", _keyed(performer))
                await asyncio.sleep(pause)

    return join_and_leave


def _bearer(account: Buyer) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.token()}"}


def _keyed(headers: dict[str, str]) -> dict[str, str]:
    return headers | {"Idempotency-Key": str(uuid4())}
