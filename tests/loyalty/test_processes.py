"""Real processes: one probe for all of them, and no point lost or doubled when one is killed in the middle."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from loyalty.breaker import CircuitBreaker
from loyalty.client import SERVICE
from loyalty.models import Breaker
from tests.loyalty.conftest import Use
from tests.loyalty.fake_server import FakeServer, running
from tests.loyalty.support import breaker_state, drain, linked_viewer, make_due, once_each, results, settle
from tests.support.database import at_database
from tests.support.servers import ROOT

pytestmark = [pytest.mark.threads, pytest.mark.slow]
Courier = subprocess.Popen[str]
Start = Callable[..., Courier]


@pytest.fixture
def start(database_clone: str) -> Iterator[Start]:
    """Starts couriers on the test's database; none outlives the test."""
    couriers: list[Courier] = []

    def begin(server: FakeServer, *, processes: int = 1, lease_seconds: float = 60.0, **changes: object) -> Courier:
        words = {**server.settings(**changes), "hosts": ["127.0.0.1"]}
        words |= {"lease_seconds": lease_seconds, "processes": processes}
        environment = os.environ | {"DATABASE_URL": at_database(os.environ["DATABASE_URL"], database_clone)}
        command = [sys.executable, "-m", "tests.loyalty.courier", json.dumps(words)]
        couriers.append(
            subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
            )
        )
        return couriers[-1]

    yield begin
    for courier in couriers:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(courier.pid, signal.SIGKILL)
        courier.communicate()


def open_breaker() -> None:
    """As after five failures, its time over."""
    breaker = CircuitBreaker(SERVICE)
    breaker.admit()
    for _ in range(5):
        breaker.record(failed=True, probe=None)
    Breaker.objects.update(probe_until=Now() - timedelta(seconds=1))


def test_of_four_processes_one_sends_the_probe(start: Start, use: Use) -> None:
    with running("openapi") as server:
        use(server)
        keys = settle(linked_viewer(), times=8)
        open_breaker()
        server.answering.clear()
        courier = start(server, processes=4, read_seconds=60.0, whole_seconds=80.0, probe_seconds=90.0)
        assert server.committed.wait(60)
        # The three others have looked, were refused and said so while the probe was still out.
        out = courier.stdout
        assert out is not None
        refused = [json.loads(line) for line in itertools.islice(out, 3)]
        assert refused == [{"postponed": 1}] * 3
        assert len(server.asked) == 1
        server.answering.set()
        assert json.loads(out.readline())["done"] == 5
        assert breaker_state() == "closed"
        make_due()
        drain()
        assert server.api.ledger.credits_by_key() == once_each(keys)


@pytest.mark.parametrize("dialect", ["openapi", "live"])
def test_a_worker_killed_in_the_middle_of_a_delivery_loses_and_doubles_nothing(
    dialect: str, start: Start, use: Use, quick: None
) -> None:
    with running(dialect) as server:
        use(server)
        keys = settle(linked_viewer(), times=3)
        server.answering.clear()
        courier = start(server, lease_seconds=1.0, read_seconds=30.0, whole_seconds=40.0)
        assert server.committed.wait(60)
        courier.send_signal(signal.SIGKILL)
        courier.wait(10)
        server.answering.set()
        drain()
        assert server.api.ledger.credits_by_key() == once_each(keys)
        assert results() == {"found": 1, "credited": 2}
