"""The application's clock jumps two hours forth and back; the database's does not: nothing is refunded before its time.

`python -m tests.drills.clock_steps --hours 2`
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import libfaketime

from tests.drills.house import House, open_house
from tests.drills.report import Figures, keep, tell
from tests.drills.waiting import until

LIBRARY = Path(libfaketime.__file__).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
SWEEPS = 3
LATEST_SECONDS = 30
# What an hour more or less would end at once keeps its hour; the rest is due all the time.
SHORT = {"RETURN_SECONDS": "2", "ROPE_DROP_SECONDS": "1", "PRESENCE_SOCKET_SECONDS": "2"}


def main() -> int:
    """Run it; 1 where something ended before its time, or nothing ended at all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=2)
    asked = parser.parse_args()
    clock = Clock()
    with open_house("house", **clock.settings(), **SHORT) as house:
        figures = jumps(house, clock, round(asked.hours * 3600))
    tell(figures)
    return int(any(figures[name] for name in figures if name.isupper()))


class Clock:
    """What the product's own processes take for the time; servers that it starts keep the right one."""

    def __init__(self) -> None:
        self.file = Path("/tmp") / f"model-menus-clock-{time.time_ns()}"  # noqa: S108 - read by name, one writer
        self.step(0)

    def settings(self) -> dict[str, str]:
        """The environment that makes a process believe it."""
        return {
            "LD_PRELOAD": str(LIBRARY),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def step(self, seconds: int) -> None:
        """So far from the truth, from now on."""
        draft = self.file.with_suffix(".new")
        draft.write_text(f"{seconds:+}\n")
        draft.rename(self.file)


def jumps(house: House, clock: Clock, seconds: int) -> Figures:
    """Forth, back beyond the truth, and home; people buy and perform all the while."""
    from tests.drills.appointments import appoint
    from tests.drills.callers import Crowd
    from tests.drills.cast import START_TOKENS, engage
    from tests.drills.overdue import Deadlines
    from tests.drills.queue_books import Side, ended_by_time, judge_queue

    cast = engage(house.url, performers=2, viewers=3)
    idle = engage(house.url, performers=1, viewers=2)
    late, turns = appoint(house.url)
    steps, fired = [seconds, -seconds, 0], []
    for buyer in idle.buyers:
        buyer.turn(idle.offers)
    idle.workers[0].ask("leave", "/queue/leave")
    with Crowd(cast.turns() | turns) as crowd, Deadlines(f"holder-{time.time_ns()}") as deadlines:
        for step in steps:
            clock.step(step)
            before = crowd.acknowledged()
            began = time.monotonic()
            for _ in range(SWEEPS):
                until(deadlines.fires_again())
            until(lambda before=before: crowd.acknowledged() > before)  # type: ignore[misc]  # binds this step's number
            fired.append(round(time.monotonic() - began, 1))
    clock.file.unlink()
    until(deadlines.all_fired)
    deeds = [*crowd.deeds, *(deed for buyer in idle.buyers for deed in buyer.deeds)]
    sides = (cast, idle, late)
    side = Side(
        [viewer.pk for one in sides for viewer in one.viewers],
        [performer.pk for one in sides for performer in one.performers],
        START_TOKENS,
    )
    ended = deadlines.fired()
    return {
        "drill": "clock_steps",
        "steps_seconds": steps,
        "acknowledged": crowd.acknowledged(),
        "deadlines": dict(ended.count),
        "three_sweeps_took_seconds": fired,
        "latest_deadline_seconds": round(ended.latest, 1),
        "LATE": int(ended.latest > LATEST_SECONDS),
        "EARLY": ended.early,
        "EARLY_REFUNDS": ended_by_time([viewer.pk for viewer in idle.viewers]),
        **judge_queue(deeds, side),
        "FAILURES": len(crowd.failures),
        "history": keep("clock_steps", deeds),
    }


if __name__ == "__main__":
    raise SystemExit(main())
