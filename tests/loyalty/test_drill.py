"""The long storm: real workers with the product's own patience, killed one after the other, and a service that fails.

`make drill`. Prints one JSON line a dialect: what was settled, killed, asked, lost, doubled, how long it took to drain.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from pytest_django import Settings

from accounts.models import Performer, Viewer
from core import outbox
from tests import factories
from tests.loyalty import fake_server as faults
from tests.loyalty.fake_api import TENANT, TOKEN_SECRET
from tests.loyalty.fake_server import FakeServer, running
from tests.loyalty.support import deaths, linked_viewer, once_each, settle, until, waiting
from tests.support.database import at_database
from tests.support.servers import ROOT
from tests.wallet.support import assert_ledger_holds

pytestmark = [pytest.mark.drill, pytest.mark.threads]

STORM_SECONDS = 60.0
KILL_EVERY_SECONDS = 8.0
DRAIN_SECONDS = 480.0
WORKER = ("procrastinate", "worker", "--concurrency=4", "--fetch-job-polling-interval=1")
STORM = [
    faults.DROP_BEFORE,
    faults.DROP_AFTER,
    faults.ERROR_BEFORE,
    faults.ERROR_AFTER,
    faults.CONFLICT,
    faults.GARBAGE,
    faults.WRONG_SHAPE,
    faults.slow(6.0, after=True),
    faults.slow(6.0),
    faults.throttled("2"),
]


@dataclass
class Workers:
    """Two workers of the product; one of them is killed now and then and starts again."""

    environment: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: int = 0

    def start(self) -> None:
        """One more."""
        command = [sys.executable, "manage.py", *WORKER]
        self.running.append(
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )

    def kill_one(self) -> None:
        """The oldest dies where it stands."""
        self.stop(self.running.pop(0))
        self.kills += 1
        self.start()

    def stop(self, worker: subprocess.Popen[bytes]) -> None:
        """At once, as a power cut would."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


@pytest.fixture
def start_workers(database_clone: str) -> Iterator[Callable[[FakeServer], Workers]]:
    """Starts two workers that deliver to a server; none outlives the test."""
    started: list[Workers] = []

    def begin(server: FakeServer) -> Workers:
        environment = os.environ | {
            "DATABASE_URL": at_database(os.environ["DATABASE_URL"], database_clone),
            "LOYALTY_URL": server.url,
            "LOYALTY_DIALECT": server.api.dialect,
            "LOYALTY_TENANT": TENANT,
            "LOYALTY_TOKEN_SECRET": TOKEN_SECRET,
        }
        started.append(Workers(environment))
        for _ in range(2):
            started[-1].start()
        return started[-1]

    yield begin
    for workers in started:
        for worker in workers.running:
            workers.stop(worker)


@pytest.mark.parametrize("dialect", ["openapi", "live"])
def test_a_storm_with_dying_workers_ends_with_every_point_once(
    dialect: str,
    start_workers: Callable[[FakeServer], Workers],
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with running(dialect) as server:
        settings.LOYALTY = server.settings()
        outbox.mirror_kinds()
        workers = start_workers(server)
        server.storm(20261121, STORM, share=0.12)
        keys, times = settle_through_the_storm(linked_viewer(10**6), factories.performer(), workers)
        server.storm(0, STORM, share=0.0)
        began = time.monotonic()
        until(lambda: waiting() == 0, DRAIN_SECONDS)
        credited = server.api.ledger.credits_by_key()
        figures = {
            "drill": "loyalty storm",
            "dialect": dialect,
            "settlements": len(keys),
            "kills": workers.kills,
            "requests": len(server.asked),
            "LOST": len(set(keys) - set(credited)),
            "DOUBLED": sum(1 for count in credited.values() if count > 1),
            "dead_letters": len(deaths()),
            "drain_seconds": round(time.monotonic() - began, 1),
            "settle_ms_median": round(statistics.median(times) * 1000, 1),
            "settle_ms_worst": round(max(times) * 1000, 1),
        }
        with capsys.disabled():
            sys.stdout.write("\n" + json.dumps(figures) + "\n")
        assert credited == once_each(keys)
        assert deaths() == []
        assert_ledger_holds()


def settle_through_the_storm(viewer: Viewer, performer: Performer, workers: Workers) -> tuple[list[str], list[float]]:
    """Settle all the time, kill now and then; the keys and how long each settlement took."""
    keys: list[str] = []
    times: list[float] = []
    end = time.monotonic() + STORM_SECONDS
    next_kill = time.monotonic() + KILL_EVERY_SECONDS
    while time.monotonic() < end:
        began = time.monotonic()
        keys += settle(viewer, performer, tokens=7)
        times.append(time.monotonic() - began)
        if time.monotonic() > next_kill:
            workers.kill_one()
            next_kill += KILL_EVERY_SECONDS
        time.sleep(0.25)  # the pace of the buyers, not a wait for something
    return keys, times
