"""From the POST of an action to the frame in another tab, through the front door both ways."""

from __future__ import annotations

import asyncio
import time
from uuid import uuid4

import httpx
import orjson
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.cases.base import Bench
from benchmarks.data import make_buyer, make_seller
from benchmarks.meter import Meter, Usage
from benchmarks.report import Goal, Series, percentile

ITEMS = 20
PATIENCE_SECONDS = 5


class Events:
    """Rows event-*."""

    name = "events"

    def __init__(self) -> None:
        self.p95 = Series("event-to-other-tab-p95", "ms", Goal("<", 200), note="purchase, start and finish, by turns")
        self.median = Series("event-to-other-tab-median", "ms")

    def prepare(self, bench: Bench) -> None:
        """A viewer who buys and a performer who performs."""
        self.buyer, self.seller = make_buyer(), make_seller(mode="ON")

    def measure(self, bench: Bench) -> Usage:
        """Buy, start and finish items one by one; each time until her other tab has heard of it."""
        buyer = {"Authorization": f"Bearer {self.buyer.token()}"}
        seller = {"Authorization": f"Bearer {self.seller.token()}"}
        meter = Meter(bench.stack.roots)
        latencies = asyncio.run(self._perform(bench.stack.port, buyer, seller))
        self.p95.add(percentile(latencies, 0.95))
        self.median.add(percentile(latencies, 0.5))
        return meter.stop()

    def series(self) -> list[Series]:
        """Its figures so far."""
        return [self.p95, self.median]

    async def _perform(self, port: int, buyer: dict[str, str], seller: dict[str, str]) -> list[float]:
        base = f"http://127.0.0.1:{port}"
        latencies: list[float] = []
        async with httpx.AsyncClient(base_url=f"{base}/api/v1", timeout=10) as client:
            ticket = (await _post(client, "/auth/ws-ticket", seller))["ticket"]
            address = f"ws://127.0.0.1:{port}/ws/v1/model/?ticket={ticket}"
            async with connect(address, origin=base) as tab:  # type: ignore[arg-type]  # a plain string is an origin
                await _frame(tab, "hello")
                await self._stand_in_line(client, seller)
                for _ in range(ITEMS):
                    latencies += await self._one_item(client, tab, buyer, seller)
        return latencies

    async def _stand_in_line(self, client: httpx.AsyncClient, seller: dict[str, str]) -> None:
        """Once: after each performance she joins again by her own setting."""
        state = (await client.get("/model/state", headers=seller)).raise_for_status().json()
        if not state["inQueue"]:
            await _post(client, "/queue/join", seller)

    async def _one_item(
        self, client: httpx.AsyncClient, tab: ClientConnection, buyer: dict[str, str], seller: dict[str, str]
    ) -> list[float]:
        buy = f"/public/menu-items/{self.seller.item_id}/purchase"
        bought, first = await _until_heard(client, tab, buy, buyer, "model.queue.updated")
        item = f"/queue/items/{bought['queueItem']['id']}"
        _, second = await _until_heard(client, tab, f"{item}/start", seller, "model.performance.started")
        _, third = await _until_heard(client, tab, f"{item}/finish", seller, "model.performance.ended")
        return [first, second, third]


async def _until_heard(
    client: httpx.AsyncClient, tab: ClientConnection, path: str, headers: dict[str, str], event: str
) -> tuple[dict[str, dict[str, str]], float]:
    """POST and wait for the frame; the answer, and the milliseconds from sending to hearing."""
    began = time.perf_counter()
    heard = asyncio.create_task(_frame(tab, event))
    answer = await _post(client, path, headers)
    at = await heard
    return answer, (at - began) * 1000


async def _frame(tab: ClientConnection, event: str) -> float:
    """Read until this event came; when it did. The queue's news counts only where somebody waits in it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            frame = orjson.loads(await tab.recv())
            at = time.perf_counter()
            if frame["event"] == event and frame["data"].get("nextPerformance", True) is not None:
                return at


async def _post(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> dict[str, dict[str, str]]:
    answer = await client.post(path, headers={**headers, "Idempotency-Key": str(uuid4())}, json={})
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:500]}")
    found: dict[str, dict[str, str]] = answer.json()
    return found
