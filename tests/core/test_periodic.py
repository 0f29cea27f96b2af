"""Periodic tasks are woken by clocks that jump."""

from __future__ import annotations

import asyncio
from unittest import mock

from procrastinate import periodic
from procrastinate.contrib.django import app
from procrastinate.worker import Worker

from core.periodic import Deferrer

DELIVERY = ("core.deliver_outbox", "core.deliver_outbox")
NOON = 1_800_000_000
HOURS = 2 * 3600


def woken(deferrer: Deferrer, at: float) -> list[int]:
    """The ticks at which a task of every five seconds is woken now."""
    return [tick for task, tick in deferrer.get_previous_tasks(at) if task.periodic_id == DELIVERY[1]]


def deferrer() -> Deferrer:
    """One that has woken everything at noon."""
    made = Deferrer(app.periodic_registry)
    assert woken(made, NOON + 1) == [NOON]
    return made


def test_a_task_is_woken_once_a_tick() -> None:
    minding = deferrer()
    assert woken(minding, NOON + 4) == []
    assert woken(minding, NOON + 5) == [NOON + 5]
    assert woken(minding, NOON + 9) == []


def test_a_clock_that_goes_back_wakes_at_once_and_in_its_time() -> None:
    minding = deferrer()
    assert woken(minding, NOON - HOURS + 1) == [NOON - HOURS]
    assert woken(minding, NOON - HOURS + 4) == []
    assert woken(minding, NOON - HOURS + 5) == [NOON - HOURS + 5]


def test_a_clock_that_goes_forth_wakes_once_for_all_that_it_jumped_over() -> None:
    assert woken(deferrer(), NOON + HOURS + 1) == [NOON + HOURS]


def test_the_worker_minds_the_clock() -> None:
    with mock.patch.object(periodic.PeriodicDeferrer, "worker") as minds:
        asyncio.run(Worker(app)._periodic_deferrer())  # type: ignore[no-untyped-call]
    assert periodic.PeriodicDeferrer is Deferrer
    minds.assert_awaited_once()
