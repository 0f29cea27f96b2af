"""Real threads that start together, each with a database connection of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from django.db import connections

from core.exceptions import DomainError
from tests.support.database import Connection

T = TypeVar("T")


def together(work: Sequence[Callable[[], T]]) -> list[T | DomainError]:
    """Run all at once; what each returned, or the refusal it met, in the order given. Any other error is raised."""
    outcomes: list[T | DomainError | BaseException | None] = [None] * len(work)
    gate = threading.Barrier(len(work))
    room_for_all = connections["default"].settings_dict["OPTIONS"]["pool"]["max_size"] > len(work)

    def run(place: int) -> None:
        try:
            if room_for_all:  # connecting takes longer than the work: done first, else nobody meets anybody
                connections["default"].ensure_connection()
            gate.wait(timeout=30)
            outcomes[place] = work[place]()
        except BaseException as error:  # noqa: BLE001 - carried over to the test's own thread and raised there
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,), daemon=True) for place in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "a thread hangs"
    return [_answer(outcome) for outcome in outcomes]


def _answer(outcome: T | DomainError | BaseException | None) -> T | DomainError:
    if isinstance(outcome, BaseException) and not isinstance(outcome, DomainError):
        raise outcome
    return outcome  # type: ignore[return-value]  # None only where the work itself returned it


def refusals(outcomes: Sequence[object]) -> list[str]:
    """The codes of those that were refused."""
    return [outcome.code for outcome in outcomes if isinstance(outcome, DomainError)]


# In milliseconds: the last of many who want one row has waited for all the others, on a machine that is busy besides.
PATIENCE = " -c lock_timeout=20000 -c statement_timeout=30000"


@contextmanager
def connections_for(threads: int) -> Iterator[None]:
    """A pool that gives every thread its own connection, so that all are truly in the database at once, with patience
    for each other."""
    wrapper = connections["default"]
    settings = wrapper.settings_dict["OPTIONS"]
    pool, before = settings["pool"], (settings["pool"]["max_size"], settings["options"])
    wrapper.close()
    wrapper.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it
    pool["max_size"], settings["options"] = threads + 4, before[1] + PATIENCE
    try:
        yield
    finally:
        wrapper.close()
        wrapper.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it
        pool["max_size"], settings["options"] = before


def wait_for_the_lock(owner: Connection) -> None:
    """Until a session of this database waits for another."""
    waiting = (
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
    )
    deadline = time.monotonic() + 10
    while owner.execute(waiting).fetchone() is None:
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.01)
