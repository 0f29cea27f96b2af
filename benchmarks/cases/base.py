"""What every case has in hand, and what it must offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from benchmarks.load import Address, NextRequest, Outcome, drive
from benchmarks.meter import Meter, Usage
from benchmarks.naive.plant import Planted
from benchmarks.report import Series
from benchmarks.stack import Stack

# What a request costs: all that works for it behind the door.
PRODUCT_PARTS = ("web", "sockets", "worker", "postgres", "valkey")
NAIVE_PARTS = ("naive", "postgres", "valkey")


@dataclass
class Bench:
    """The stack, the peer and the length of one reading."""

    stack: Stack
    naive: Planted
    seconds: float
    last_round: bool = False

    def drive_metered(
        self, address: Address, next_request: NextRequest, parts: tuple[str, ...], *, connections: int, status: int
    ) -> tuple[Outcome, float, Usage]:
        """Load, and the CPU milliseconds a request of these parts."""
        drive(address, next_request, connections=connections, seconds=0.3).demand(status)
        meter = Meter({name: self.stack.roots[name] for name in parts})
        outcome = drive(address, next_request, connections=connections, seconds=self.seconds).demand(status)
        usage = meter.stop()
        return outcome, usage.total * 1000 / outcome.answered, usage


class Case(Protocol):
    """Measured once a round."""

    name: str

    def prepare(self, bench: Bench) -> None:
        """Make its data, once."""

    def measure(self, bench: Bench) -> Usage:
        """One reading of each of its figures."""

    def series(self) -> list[Series]:
        """Its figures so far."""
