"""The performer's menu: CPU a GET, the naive way, and a thousand fresh connections at once."""

from __future__ import annotations

from benchmarks.cases.base import NAIVE_PARTS, PRODUCT_PARTS, Bench
from benchmarks.data import Seller, make_seller
from benchmarks.load import burst, request
from benchmarks.meter import Usage
from benchmarks.report import Goal, Series

PERFORMERS = 16
CONNECTIONS = 16
BURST = 1000


class Menu:
    """Rows menu-*."""

    name = "menu"

    def __init__(self) -> None:
        self.cpu = Series("menu-cpu", "ms", Goal("<=", 0.13))
        self.against = Series(
            "menu-cpu-against-naive", "ms", Goal(">=", 40, "ratio"), "naive ORM + nested serializers", inverse=True
        )
        self.answered = Series("menu-burst-answered", "of 1000", Goal(">=", BURST))
        self.seconds = Series("menu-burst-seconds", "s", Goal("<=", 1), note="1,000 fresh connections at once")

    def prepare(self, bench: Bench) -> None:
        """Performers who are signed in."""
        self.performers: list[Seller] = [make_seller(mode="ON") for _ in range(PERFORMERS)]

    def measure(self, bench: Bench) -> Usage:
        """Behind the door for CPU, through it for the burst."""
        tokens = [performer.token() for performer in self.performers]
        requests = [request("GET", "/api/v1/model/menu", {"Authorization": f"Bearer {token}"}) for token in tokens]
        naive = [request("GET", "/menu", {"Authorization": f"Bearer {token}"}) for token in bench.naive.performers]
        outcome, cpu, usage = bench.drive_metered(
            bench.stack.web,
            lambda n: requests[n % len(requests)],
            PRODUCT_PARTS,
            connections=CONNECTIONS,
            status=200,
        )
        _, naive_cpu, _ = bench.drive_metered(
            bench.stack.naive,
            lambda n: naive[n % len(naive)],
            NAIVE_PARTS,
            connections=CONNECTIONS,
            status=200,
        )
        self.cpu.add(cpu)
        self.cpu.note = usage.split(outcome.answered)
        self.against.add(cpu, naive_cpu)
        self._burst(bench, requests)
        return usage

    def series(self) -> list[Series]:
        """Its figures so far."""
        return [self.cpu, self.against, self.answered, self.seconds]

    def _burst(self, bench: Bench, requests: list[bytes]) -> None:
        outcome = burst(bench.stack.port, lambda n: requests[n % len(requests)], connections=BURST)
        self.answered.add(outcome.statuses[200])
        self.seconds.add(outcome.seconds)
