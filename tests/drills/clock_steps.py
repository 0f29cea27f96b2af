"""The application's clock jumps two hours forth and back; the database's does not: each deadline falls in its own time.

`python -m tests.drills.clock_steps --hours 2`
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import libfaketime

from tests.drills.house import House, open_house
from tests.drills.report import Deed, Figures, keep, tell
from tests.drills.waiting import until

if TYPE_CHECKING:
    from tests.drills.callers import Caller, Crowd
    from tests.drills.cast import Cast
    from tests.drills.overdue import Deadlines

LIBRARY = Path(libfaketime.__file__).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
LATEST_SECONDS = 30
LOOK_SECONDS = 1
#: So long for every kind of deadline to fire once more, on however slow a machine; LATE is judged on its own.
PATIENCE_SECONDS = 150
#: A performance beyond its maximum needs an hour here: what runs all the time must not end by it.
UNMET = {"maximum"}
STEADY_SECONDS = 1800
# Every other kind of deadline is due all the time.
SHORT = {
    "START_SECONDS": "2",
    "START_WARNING_SECONDS": "1",
    "ITEM_LIFETIME_SECONDS": "12",
    "ROPE_DROP_SECONDS": "2",
    "RETURN_SECONDS": "8",
    "ABSENCE_SECONDS": "2",
    "KEEP_PLACE_SECONDS": "2",
    "VIEWER_ABSENCE_SECONDS": "3",
    "PRESENCE_SOCKET_SECONDS": "4",
    "PRESENCE_BEARER_SECONDS": "30",
}


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
            # Each process reads the file once a second: to do so at every glance at the clock is most of its work.
            "FAKETIME_CACHE_DURATION": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def step(self, seconds: int) -> None:
        """So far from the truth, from now on."""
        draft = self.file.with_suffix(".new")
        draft.write_text(f"{seconds:+}\n")
        draft.rename(self.file)


@dataclass
class Steady:
    """A performer who is there all the time, at work for half an hour, with an item that waits and a hold for an hour.

    By the true time nothing of it is due; by one that is two hours ahead all of it is.
    """

    cast: Cast
    hold: UUID
    times: list[tuple[Any, ...]]

    @classmethod
    def begin(cls, url: str) -> Steady:
        """Let her start."""
        from core.actors import SYSTEM
        from tests.drills.cast import engage
        from wallet.services import place_hold

        cast = engage(url, performers=1, viewers=2, duration_seconds=STEADY_SECONDS)
        offer, price = cast.offers[0]
        for buyer in cast.buyers:
            buyer.ask("purchase", f"/public/menu-items/{offer}/purchase", price=price)
        head = cast.workers[0].read("/queue")["results"][0]["id"]
        started = cast.workers[0].ask("start", f"/queue/items/{head}/start", item=head)
        assert started.done, started
        viewer = cast.viewers[0].pk
        hold = place_hold(
            by=SYSTEM, viewer_id=viewer, performer_id=None, tokens=1, key=f"steady-{viewer}", expires_seconds=3600
        )
        return cls(cast, hold.id, times_of(cast.performers[0].pk))

    def turns(self) -> dict[Caller, Callable[[], None]]:
        """She gives signs of life."""
        from tests.drills.appointments import be_there

        return {self.cast.workers[0]: partial(be_there, self.cast.workers[0])}

    def touched(self) -> int:
        """What became of hers without her: times that were moved, steps that nobody took, the hold's end."""
        from tests.drills.queue_books import fired
        from wallet.models import Hold

        steps = fired([self.cast.performers[0].pk])
        moved = self.times != times_of(self.cast.performers[0].pk)
        return sum(steps.values()) + moved + (Hold.objects.get(pk=self.hold).state != "held")


@dataclass
class Seen:
    """What has happened since a step of the clock."""

    deadlines: Deadlines
    crowd: Crowd
    performers: list[UUID]
    before: Counter[str] = field(default_factory=Counter)
    waited_for: set[str] = field(default_factory=set)
    began: float = 0.0

    def begin(self) -> None:
        """From now on."""
        self.before, self.began = self._count(), time.monotonic()
        self.waited_for = set(self.before)

    def missing(self) -> set[str]:
        """What has not happened once more: each kind of deadline, a return in time, a seal by the worker, an answer.

        What was seen once stays seen: who vanishes anew has a new deadline, and the old one is forgotten.
        """
        now = self._count()
        self.waited_for -= {what for what in now if now[what] > self.before[what]}
        return self.waited_for

    def seconds(self) -> float:
        """How long ago the step was."""
        return time.monotonic() - self.began

    def _count(self) -> Counter[str]:
        from tests.drills.overdue import KINDS
        from tests.drills.queue_books import resumed
        from wallet.models import Seal

        fired = self.deadlines.fired().count
        return Counter(
            {kind: fired[kind] for kind in KINDS - UNMET}
            | {
                "resumed": resumed(self.performers),
                "sealed": Seal.objects.count(),
                "answer": self.crowd.acknowledged(),
            }
        )


def times_of(performer_id: UUID) -> list[tuple[Any, ...]]:
    """Status, end and next deadline of what she runs and what waits for her."""
    from queue_app.models import QueueItem

    items = QueueItem.objects.filter(performer_id=performer_id).order_by("sequence")
    return list(items.values_list("pk", "status", "ends_at", "deadline_at", "deadline_step", "paused_at"))


def jumps(house: House, clock: Clock, seconds: int) -> Figures:
    """Forth, back beyond the truth, and home; people buy and perform all the while, or let deadlines pass."""
    from tests.drills.appointments import appoint, come_back, end_late, keep_out, never_start, stay_away, vanish
    from tests.drills.callers import Crowd
    from tests.drills.cast import engage
    from tests.drills.overdue import Deadlines
    from tests.drills.queue_books import resumed

    began = datetime.now().astimezone()
    cast = engage(house.url, performers=2, viewers=3)
    late, turns = appoint(house.url, (keep_out, keep_out, never_start, end_late, vanish, come_back, stay_away))
    who = [performer.pk for performer in late.performers]
    steady = Steady.begin(house.url)
    steps, took, missing = [seconds, -seconds, 0], [], []
    with (
        Crowd(cast.turns() | turns | steady.turns()) as crowd,
        Deadlines(f"holder-{time.time_ns()}", late.performers[1]) as deadlines,
    ):
        seen = Seen(deadlines, crowd, who)
        for step in steps:
            clock.step(step)
            seen.begin()
            with suppress(AssertionError):  # told by name, with all other figures
                until(lambda: not seen.missing(), PATIENCE_SECONDS, LOOK_SECONDS)
            took.append(round(seen.seconds(), 1))
            missing.append(sorted(seen.missing()))
    clock.file.unlink()
    until(deadlines.all_fired)
    deeds = [*crowd.deeds, *(deed for buyer in steady.cast.buyers for deed in buyer.deeds)]
    return {
        "drill": "clock_steps",
        "steps_seconds": steps,
        "each_kind_again_took_seconds": took,
        "missing": missing,
        "NEVER_FIRED": sum(map(len, missing)),
        **_told(crowd, deadlines),
        "resumed": resumed(who),
        "TOUCHED": steady.touched(),
        **_judged([cast, late, steady.cast], deeds, began),
        "history": keep("clock_steps", deeds),
    }


def _told(crowd: Crowd, deadlines: Deadlines) -> Figures:
    """What people heard, and when each deadline fired by the database's clock."""
    ended = deadlines.fired()
    return {
        "acknowledged": crowd.acknowledged(),
        "unheard": crowd.unheard(),
        "joins_refused": sum(deed.verb == "join" and not deed.done for deed in crowd.deeds),
        "deadlines": dict(ended.count),
        "latest_deadline_seconds": round(ended.latest, 1),
        "LATE": int(ended.latest > LATEST_SECONDS),
        "EARLY": ended.early,
        "FAILURES": len(crowd.failures) + len(deadlines.failures),
    }


def _judged(sides: list[Cast], deeds: list[Deed], began: datetime) -> Figures:
    """The books of everybody; booked times and sign-ins were not cut short."""
    from accounts.models import EndReason, SignIn
    from tests.drills.cast import START_TOKENS
    from tests.drills.queue_books import Side, judge_queue, mistimed

    viewers = [viewer.pk for cast in sides for viewer in cast.viewers]
    performers = [performer.pk for cast in sides for performer in cast.performers]
    timed_out = SignIn.objects.filter(
        user_id__in=viewers + performers, end_reason=EndReason.TIMED_OUT, ended_at__gte=began
    )
    return {
        **judge_queue(deeds, Side(viewers, performers, START_TOKENS)),
        "MISTIMED": mistimed(viewers),
        "SIGNED_OUT": timed_out.count(),
    }


if __name__ == "__main__":
    raise SystemExit(main())
