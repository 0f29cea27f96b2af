"""Wake-ups of the worker by a clock that may jump (docs/adr/0018)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from procrastinate import periodic
from procrastinate.periodic import PeriodicTask, TaskAtTime


class Deferrer(periodic.PeriodicDeferrer):
    """Wakes each periodic task in its time, whatever the clock has done since the last time."""

    def get_previous_tasks(self, at: float) -> Iterable[TaskAtTime]:
        """What is to be woken now.

        A tick that was noted for later was noted by a clock that has gone back since: it is forgotten, or nothing
        would be woken until that time comes again.
        """
        self.last_defers = {key: tick for key, tick in self.last_defers.items() if tick <= at}
        return super().get_previous_tasks(at)

    def get_timestamps(
        self, periodic_task: PeriodicTask[Any, Any, Any], since: int | None, until: float
    ) -> Iterable[int]:
        """The last tick that is due: it does for all that a clock has jumped over."""
        return list(super().get_timestamps(periodic_task, since, until))[-1:]


def mind_the_clock() -> None:
    """Let every worker of this process wake its tasks this way; the library has no other door for it."""
    periodic.PeriodicDeferrer = Deferrer  # type: ignore[misc]
