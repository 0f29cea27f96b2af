"""The outbox with several hands: no message twice at a time, one sweep a process, no network in a transaction."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event, Thread

import pytest
from django.db import connections, transaction

from core import outbox
from core.models import OutboxMessage, OutboxState
from core.outbox import Channel, Message
from tests.core.outbox_kit import KIND, Install
from tests.support.database import Connection


@pytest.mark.threads
def test_two_sweeps_never_deliver_the_same_message(database_clone: str, install: Install) -> None:
    deliverer = install()
    for number in range(40):
        outbox.put(KIND, f"k{number}", {})

    def sweep() -> None:
        outbox._deliver_all(time.monotonic() + 20, 60)
        connections.close_all()

    threads = [Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(m.key for m in deliverer.seen) == sorted(f"k{number}" for number in range(40))


@pytest.mark.threads
def test_a_row_that_somebody_holds_is_passed_over(owner_connection: Connection, install: Install) -> None:
    install()
    outbox.put(KIND, "k1", {})
    outbox.put(KIND, "k2", {})
    with owner_connection.transaction():
        owner_connection.execute("SELECT FROM core_outboxmessage WHERE key = 'k1' FOR UPDATE")
        taken = outbox.claim({KIND}, lease_seconds=60)
    assert taken is not None
    assert taken.key == "k2"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, database_clone: str) -> Iterator[tuple[Event, Event]]:
    """A deliverer that says when it has begun and waits until it is let go."""
    begun, go = Event(), Event()

    def deliver(_message: Message) -> str:
        begun.set()
        assert go.wait(20)
        return "sent"

    monkeypatch.setattr(outbox, "_channels", {KIND: Channel(KIND, deliver, lambda: True)})
    outbox.mirror_kinds()
    yield begun, go
    go.set()


@pytest.mark.threads
def test_a_second_sweep_of_one_process_leaves_at_once(slow: tuple[Event, Event]) -> None:
    begun, go = slow
    outbox.put(KIND, "k1", {})

    def sweep() -> None:
        outbox.deliver_due()
        connections.close_all()

    first = Thread(target=sweep)
    first.start()
    assert begun.wait(20)
    assert outbox.deliver_due() is None
    go.set()
    first.join()
    assert OutboxMessage.objects.get().state == OutboxState.DONE


@pytest.mark.threads
def test_nothing_is_delivered_inside_a_transaction(database_clone: str, install: Install) -> None:
    install()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        outbox.deliver_due()
