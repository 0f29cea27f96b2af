"""SIGKILL for the worker, a web worker and the socket server, then for the whole tree, database and all, under load.

`python -m tests.drills.process_kills --rounds 25`: each round kills each of the four once. Every deadline fires within
30 s of its time, every acknowledged step stands once, and nothing that nobody asked for.
"""

from __future__ import annotations

import argparse
import time
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
Recoveries = dict[str, list[float]]


def main() -> int:
    """Run it; 1 where something was lost, doubled or late."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    asked = parser.parse_args()
    with open_house("house") as house:
        figures = storm(house, asked.rounds)
    tell(figures)
    return int(any(figures[name] for name in figures if name.isupper()))


def storm(house: House, rounds: int) -> Figures:
    """People at work while everything dies once a round; then the books."""
    from tests.drills.callers import Crowd
    from tests.drills.cast import START_TOKENS, engage
    from tests.drills.overdue import Deadlines
    from tests.drills.queue_books import Side, judge_queue
    from tests.drills.sockets import Listener

    cast = engage(house.url, performers=2, viewers=4)
    recoveries: Recoveries = {name: [] for name in ("worker", "web", "sockets", "tree")}
    with (
        Crowd(cast.turns()) as crowd,
        Listener(cast.buyers[0], "/ws/v1/viewer/") as listener,
        Deadlines(f"holder-{time.time_ns()}") as deadlines,
    ):
        until(lambda: listener.opened > 0)
        for _ in range(rounds):
            until_more(crowd, 10)
            kill_programs(house, crowd, listener, deadlines, recoveries)
            until_more(crowd, 10)
            kill_tree(house, crowd, recoveries)
    close_connections()
    until(deadlines.all_fired)
    side = Side([v.pk for v in cast.viewers], [p.pk for p in cast.performers], START_TOKENS)
    return {
        "drill": "process_kills",
        "kills": {name: len(seconds) for name, seconds in recoveries.items()},
        "acknowledged": crowd.acknowledged(),
        "asked_again": crowd.errors(),
        "recovery_seconds": {name: percentiles(seconds) for name, seconds in recoveries.items()},
        "deadlines": deadlines.placed,
        "latest_deadline_seconds": round(deadlines.latest, 1),
        "LATE": int(deadlines.latest > LATEST_SECONDS),
        **judge_queue(crowd.deeds, side),
        "FAILURES": len(crowd.failures),
        "history": keep("process_kills", crowd.deeds),
    }


def kill_programs(house: House, crowd: Crowd, listener: Listener, deadlines: Deadlines, recoveries: Recoveries) -> None:
    """All at once, whoever works off deadlines among them; each is back when it does again what only it does."""
    fires_again = deadlines.fires_again()
    opened, began = listener.opened, time.monotonic()
    for name in ("worker", "sweeper", "web", "sockets"):
        if name != "sweeper" or house.runs(name):
            house.kill(name)
    signs = {
        "web": lambda: bool(crowd.took(began, float("inf"))),
        "sockets": lambda: listener.opened > opened,
        "worker": fires_again,
    }
    for name, sign in signs.items():
        until(sign)
        recoveries[name].append(time.monotonic() - began)


def kill_tree(house: House, crowd: Crowd, recoveries: Recoveries) -> None:
    """Everything, and a new start by whoever looks after the machine."""
    began = time.monotonic()
    house.kill_tree()
    house.start()
    until(lambda: bool(crowd.took(began, float("inf"))))
    recoveries["tree"].append(time.monotonic() - began)


def until_more(crowd: Crowd, more: int) -> None:
    """Let people get on with it."""
    goal = crowd.acknowledged() + more
    until(lambda: crowd.acknowledged() >= goal)


if __name__ == "__main__":
    raise SystemExit(main())
