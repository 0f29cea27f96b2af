"""SIGKILL for worker, sweeper, a web worker and the socket server, then for the whole tree, database too, under load.

`python -m tests.drills.process_kills --rounds 25`: each round kills each of the five once. Every deadline fires within
30 s of its time and none before it, every acknowledged step stands once, and nothing that nobody asked for.
"""

from __future__ import annotations

import argparse
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.drills.house import House, open_house
from tests.drills.place import close_connections
from tests.drills.report import Figures, keep, percentiles, tell
from tests.drills.waiting import until

if TYPE_CHECKING:
    from tests.drills.callers import Crowd
    from tests.drills.overdue import Deadlines
    from tests.drills.sockets import Listener

LATEST_SECONDS = 30
#: So long for a program to be back, or for people to get on, on however slow a machine; LATE is judged on its own.
PATIENCE_SECONDS = 180
# Seconds; every kind of deadline falls due within a round or two. Who cut her socket is OFFLINE and has lost what waits
# for her before its lifetime is over.
SHORT = {
    "START_SECONDS": "2",
    "START_WARNING_SECONDS": "1",
    "ITEM_LIFETIME_SECONDS": "12",
    "ROPE_DROP_SECONDS": "2",
    "RETURN_SECONDS": "3",
    "MAX_PERFORMANCE_SECONDS": "12",
    "ABSENCE_SECONDS": "2",
    "KEEP_PLACE_SECONDS": "2",
    "VIEWER_ABSENCE_SECONDS": "3",
    "PRESENCE_SOCKET_SECONDS": "4",
    "PRESENCE_BEARER_SECONDS": "15",
}
PROGRAMS = ("worker", "sweeper", "web", "sockets")
Recoveries = dict[str, list[float]]


def main() -> int:
    """Run it; 1 where something was lost, doubled or late."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    asked = parser.parse_args()
    with open_house("house", **SHORT) as house:
        figures = storm(house, asked.rounds)
    tell(figures)
    return int(any(figures[name] for name in figures if name.isupper()))


def storm(house: House, rounds: int) -> Figures:
    """People at work while everything dies once a round; then the books."""
    from tests.drills.appointments import appoint
    from tests.drills.callers import Crowd
    from tests.drills.cast import START_TOKENS, engage
    from tests.drills.overdue import KINDS, Deadlines
    from tests.drills.queue_books import Side, judge_queue
    from tests.drills.sockets import Listener

    cast = engage(house.url, performers=2, viewers=4)
    late, turns = appoint(house.url)
    recoveries: Recoveries = {name: [] for name in (*PROGRAMS, "tree")}
    with (
        Crowd(cast.turns() | turns) as crowd,
        Listener(cast.buyers[0], "/ws/v1/viewer/") as listener,
        Deadlines(f"holder-{time.time_ns()}", late.performers[0]) as deadlines,
    ):
        until(lambda: listener.opened > 0, PATIENCE_SECONDS)
        for _ in range(rounds):
            until_more(crowd, 10)
            kill_programs(house, crowd, listener, deadlines, recoveries)
            until_more(crowd, 10)
            kill_tree(house, crowd, recoveries)
        with suppress(AssertionError):  # what is missing then is a figure, not an end without any
            until(deadlines.each_kind_fired, PATIENCE_SECONDS)
    close_connections()
    until(deadlines.all_fired, PATIENCE_SECONDS)
    people = [*cast.viewers, *late.viewers], [*cast.performers, *late.performers]
    side = Side([viewer.pk for viewer in people[0]], [performer.pk for performer in people[1]], START_TOKENS)
    fired = deadlines.fired()
    return {
        "drill": "process_kills",
        "kills": {name: len(seconds) for name, seconds in recoveries.items()},
        "acknowledged": crowd.acknowledged(),
        "asked_again": crowd.errors(),
        "recovery_seconds": {name: percentiles(seconds) for name, seconds in recoveries.items()},
        "deadlines": dict(fired.count),
        "latest_deadline_seconds": round(fired.latest, 1),
        "NEVER_FIRED": len(KINDS - set(fired.count)),
        "LATE": int(fired.latest > LATEST_SECONDS),
        "EARLY": fired.early,
        **judge_queue(crowd.deeds, side),
        "FAILURES": len(crowd.failures) + len(deadlines.failures),
        "history": keep("process_kills", crowd.deeds),
    }


def kill_programs(house: House, crowd: Crowd, listener: Listener, deadlines: Deadlines, recoveries: Recoveries) -> None:
    """All at once, whoever works off deadlines among them; each is back when it does again what only it does."""
    opened, began = listener.opened, time.monotonic()
    for name in PROGRAMS:
        house.kill(name)
    signs = {
        "web": lambda: bool(crowd.took(began, float("inf"))),
        "sockets": lambda: listener.opened > opened,
        "worker": deadlines.worker_came(),
        "sweeper": deadlines.swept_again(),
    }
    while signs:
        until(lambda: any(sign() for sign in signs.values()), PATIENCE_SECONDS)
        for name in [name for name, sign in signs.items() if sign()]:
            recoveries[name].append(time.monotonic() - began)
            del signs[name]


def kill_tree(house: House, crowd: Crowd, recoveries: Recoveries) -> None:
    """Everything, and a new start by whoever looks after the machine."""
    began = time.monotonic()
    house.kill_tree()
    house.start()
    until(lambda: bool(crowd.took(began, float("inf"))), PATIENCE_SECONDS)
    recoveries["tree"].append(time.monotonic() - began)


def until_more(crowd: Crowd, more: int) -> None:
    """Let people get on with it. Raises what one of them ran into."""
    goal = crowd.acknowledged() + more
    until(lambda: bool(crowd.failures) or crowd.acknowledged() >= goal, PATIENCE_SECONDS)
    if crowd.failures:
        raise crowd.failures[0]


if __name__ == "__main__":
    raise SystemExit(main())
