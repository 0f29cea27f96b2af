"""Hold, settle and refund: one statement each against the same steps as round trips.

Through Django, as the product and its peer would be written; and with the bare driver, prepared, over a local socket:
the smallest price that a round trip can have.
"""

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
    """Rows hold-*."""

    name = "hold, settle, refund"

    def __init__(self) -> None:
        self.rate = Series("hold-settle-refund-rate", "/s", Goal(">=", 4, "ratio"), "the same through Django's ORM")
        self.cpu = Series(
            "hold-settle-refund-postgres-cpu", "ms", against="the same through Django's ORM", inverse=True
        )
        self.bare = Series(
            "hold-settle-refund-bare", "/s", against="the same in prepared statements of the bare driver, local socket"
        )

    def prepare(self, bench: Bench) -> None:
        """Viewers with tokens and performers."""
        told = {
            "viewers": [str(make_buyer().id) for _ in range(BUYERS)],
            "performers": [str(make_seller(mode="ON").id) for _ in range(SELLERS)],
        }
        self.told = orjson.dumps(told)
        _open_peer_accounts(told["viewers"], told["performers"])

    def measure(self, bench: Bench) -> Usage:
        """Each way in turn, two processes of four threads each."""
        rate, cpu, usage = self._run(bench, "function")
        orm_rate, orm_cpu, _ = self._run(bench, "orm")
        self.rate.add(rate, orm_rate)
        self.cpu.add(cpu, orm_cpu)
        bare_rate, _, _ = self._run(bench, "bare_function")
        trips_rate, _, _ = self._run(bench, "bare_round_trips")
        self.bare.add(bare_rate, trips_rate)
        return usage

    def series(self) -> list[Series]:
        """Its figures so far."""
        return [self.rate, self.cpu, self.bare]

    def _run(self, bench: Bench, kind: str) -> tuple[float, float, Usage]:
        command = [sys.executable, "-m", "benchmarks.holds.worker", kind, str(bench.seconds)]
        # The application may not write the ledger row by row: the ORM's way works as the tables' owner.
        environment = os.environ | ({"DATABASE_URL": os.environ["DATABASE_OWNER_URL"]} if kind == "orm" else {})
        meter = Meter({"postgres": bench.stack.roots["postgres"]})
        pipe = subprocess.PIPE
        workers = [subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment) for _ in range(PROCESSES)]
        for worker in workers:
            assert worker.stdin is not None
            worker.stdin.write(self.told)
            worker.stdin.close()
        outputs = [worker.stdout.read() if worker.stdout else b"" for worker in workers]
        if any(worker.wait() for worker in workers):
            raise RuntimeError(f"A client of {kind} failed")
        usage = meter.stop()
        operations = sum(map(int, outputs))
        return operations / bench.seconds, usage.total * 1000 / operations, usage


def _open_peer_accounts(viewers: list[str], performers: list[str]) -> None:
    """The same people's accounts in the peer's copies of the tables."""
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute(
            "INSERT INTO bench_naive.wallet_account (owner_id, kind, balance)"
            " SELECT owner, kind, CASE kind WHEN 'available' THEN %s ELSE 0 END"
            " FROM unnest(%s::uuid[]) AS owner, unnest(ARRAY['available', 'escrow']) AS kind",
            [TOKENS, viewers],
        )
        connection.execute(
            "INSERT INTO bench_naive.wallet_account (owner_id, kind) SELECT unnest(%s::uuid[]), 'earned'", [performers]
        )
