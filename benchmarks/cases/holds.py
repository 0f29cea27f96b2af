"""Hold and settle: one statement each against the same steps as round trips, from psycopg as the product does it."""

from __future__ import annotations

import os
import subprocess
import sys

import orjson
import psycopg

from benchmarks.cases.base import Bench
from benchmarks.data import TOKENS, make_buyer, make_seller
from benchmarks.meter import Meter, Usage
from benchmarks.report import Goal, Series

PROCESSES = 2
BUYERS = 64
SELLERS = 64


class Holds:
    """Rows hold-settle-*."""

    name = "hold and settle"

    def __init__(self) -> None:
        self.rate = Series(
            "hold-settle-rate", "/s", Goal(">=", 4, "ratio"), "the same steps in single statements (round trips)"
        )
        self.cpu = Series("hold-settle-postgres-cpu", "ms", against="the same, round trips", inverse=True)

    def prepare(self, bench: Bench) -> None:
        """Viewers with tokens and performers."""
        told = {
            "viewers": [str(make_buyer().id) for _ in range(BUYERS)],
            "performers": [str(make_seller(mode="ON").id) for _ in range(SELLERS)],
        }
        self.told = orjson.dumps(told)
        _open_peer_accounts(told["viewers"], told["performers"])

    def measure(self, bench: Bench) -> Usage:
        """Both ways, two processes of four threads each."""
        cycles, cpu, usage = self._run(bench, "function")
        naive_cycles, naive_cpu, _ = self._run(bench, "round_trips")
        self.rate.add(cycles, naive_cycles)
        self.cpu.add(cpu, naive_cpu)
        return usage

    def series(self) -> list[Series]:
        """Its figures so far."""
        return [self.rate, self.cpu]

    def _run(self, bench: Bench, kind: str) -> tuple[float, float, Usage]:
        command = [sys.executable, "-m", "benchmarks.holds_worker", kind, str(bench.seconds)]
        meter = Meter({"postgres": bench.stack.roots["postgres"]})
        workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(PROCESSES)]
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write(self.told)
            worker.stdin.close()
        outputs = [worker.stdout.read() if worker.stdout else b"" for worker in workers]
        if any(worker.wait() for worker in workers):
            raise RuntimeError(f"A client of {kind} failed")
        usage = meter.stop()
        cycles = sum(map(int, outputs))
        return cycles / bench.seconds, usage.total * 1000 / cycles, usage


def _open_peer_accounts(viewers: list[str], performers: list[str]) -> None:
    """The same people's accounts in the peer's copies of the tables."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute(
            "INSERT INTO bench_naive.rt_account (owner_id, kind, balance)"
            " SELECT owner, kind, CASE kind WHEN 'available' THEN %s ELSE 0 END"
            " FROM unnest(%s::uuid[]) AS owner, unnest(ARRAY['available', 'escrow']) AS kind",
            [TOKENS, viewers],
        )
        connection.execute(
            "INSERT INTO bench_naive.rt_account (owner_id, kind) SELECT unnest(%s::uuid[]), 'earned'", [performers]
        )
