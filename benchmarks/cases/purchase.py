"""A purchase: over HTTP with bearer, key and durable commit; the very same function bare; the naive ORM way.

Her queue is in pass-through, so that a purchase is the whole of it: hold, intake and settlement in one statement, and
no depth limit ends the run.
"""

from __future__ import annotations

from random import Random
from uuid import uuid4

from django.conf import settings

from benchmarks.cases.base import NAIVE_PARTS, PRODUCT_PARTS, Bench
from benchmarks.data import Buyer, Seller, make_buyer, make_seller
from benchmarks.load import drive, request
from benchmarks.meter import Usage
from benchmarks.pgbench import pgbench, uuid_array
from benchmarks.report import Goal, Series, percentile

BUYERS = 64
SELLERS = 20
CONNECTIONS = 16


class Purchase:
    """Rows purchase-*."""

    name = "purchase"

    def __init__(self) -> None:
        self.random = Random(2026)
        self.rate = Series(
            "purchase-http-rate", "/s", Goal(">=", 0.18, "ratio"), "pgbench, same function, same number of clients"
        )
        self.p95 = Series("purchase-http-p95", "ms", Goal("<", 1000))
        self.cpu = Series("purchase-cpu", "ms", against="naive DRF + ORM", inverse=True)

    def prepare(self, bench: Bench) -> None:
        """Viewers with tokens, performers in pass-through."""
        self.buyers: list[Buyer] = [make_buyer() for _ in range(BUYERS)]
        self.sellers: list[Seller] = [make_seller(mode="OFF") for _ in range(SELLERS)]

    def measure(self, bench: Bench) -> Usage:
        """Through the door for rate and latency, behind it for CPU; then pgbench, then the peer."""
        tokens = [buyer.token() for buyer in self.buyers]
        through = drive(bench.stack.port, lambda n: self._buy(tokens), connections=CONNECTIONS, seconds=bench.seconds)
        through.demand(200)
        outcome, cpu, usage = bench.drive_metered(
            bench.stack.web, lambda n: self._buy(tokens), PRODUCT_PARTS, connections=CONNECTIONS, status=200
        )
        _, naive, _ = bench.drive_metered(
            bench.stack.naive, lambda n: self._buy_naively(bench), NAIVE_PARTS, connections=CONNECTIONS, status=200
        )
        self.rate.add(through.rate, self._bare(bench))
        self.p95.add(percentile(through.latencies_ms, 0.95))
        self.cpu.add(cpu, naive)
        self.cpu.note = usage.split(outcome.answered)
        return usage

    def series(self) -> list[Series]:
        """Its figures so far."""
        return [self.rate, self.p95, self.cpu]

    def _buy(self, tokens: list[str]) -> bytes:
        headers = {"Authorization": f"Bearer {self.random.choice(tokens)}", "Idempotency-Key": str(uuid4())}
        path = f"/api/v1/public/menu-items/{self.random.choice(self.sellers).item_id}/purchase"
        return request("POST", path, headers, b"{}")

    def _buy_naively(self, bench: Bench) -> bytes:
        headers = {
            "Authorization": f"Bearer {self.random.choice(bench.naive.viewers)}",
            "Idempotency-Key": str(uuid4()),
        }
        return request("POST", f"/items/{self.random.choice(bench.naive.items)}/purchase", headers, b"{}")

    def _bare(self, bench: Bench) -> float:
        buyers = uuid_array([str(buyer.id) for buyer in self.buyers])
        items = uuid_array([str(seller.item_id) for seller in self.sellers])
        script = (
            f"\\set v random(1, {BUYERS})\n\\set i random(1, {SELLERS})\n"
            f"SELECT menus_purchase({buyers}[:v], gen_random_uuid()::text, sha256('bench'), {items}[:i], '',"
            f" '{settings.BUSINESS_TIME_ZONE}');\n"
        )
        before = bought()
        run = pgbench(script, clients=CONNECTIONS, seconds=round(bench.seconds))
        if bought() - before != run.done:
            raise RuntimeError("pgbench counted purchases that did not happen")
        return run.rate


def bought() -> int:
    """How many purchases there are."""
    from menus.models import Purchase as PurchaseRow

    return PurchaseRow.objects.count()
