"""Many clients, few people, too little money: nobody is below zero, nothing happens twice, nobody waits in a circle.

`python -m tests.drills.hammer --operations 100000`
"""

from __future__ import annotations

import argparse
import time
from itertools import count
from typing import TYPE_CHECKING

from tests.drills.place import own_database, servers_at_hand
from tests.drills.report import Figures, keep, tell

if TYPE_CHECKING:
    from tests.drills.traffic import Client

THREADS, VIEWERS, PERFORMERS = 32, 40, 5


def main() -> int:
    """Run it; 1 where a rule was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=THREADS)
    asked = parser.parse_args()
    with servers_at_hand("hammer"), own_database("hammer", connections=asked.threads + 2) as databases:
        figures = hammer(asked.operations, asked.threads)
    figures["DEADLOCKS"] = databases.deadlocks
    tell(figures)
    return int(any(figures[name] for name in figures if name.isupper()))


def hammer(operations: int, threads: int) -> Figures:
    """That many operations by that many clients, then the books."""
    from tests.drills.books import judge
    from tests.drills.traffic import Client, crowd, endow, populate

    town = populate(VIEWERS, PERFORMERS)
    town.expires_seconds = 2
    clients = [Client(number, town) for number in range(threads)]
    endow(clients[0])
    turns, began = count(1), time.monotonic()
    failures = crowd(clients, lambda: next(turns) <= operations)
    seconds = time.monotonic() - began
    deeds = [deed for client in clients for deed in client.deeds]
    verdict = judge(deeds, [*town.viewers, *town.performers])
    return {
        "drill": "hammer",
        "threads": threads,
        "operations": len(deeds),
        "refused": sum(not deed.done for deed in deeds),
        "seconds": round(seconds, 1),
        "per_second": round(len(deeds) / seconds),
        **verdict.figures(),
        "ANSWERS_WRONG": _wrong(clients),
        "FAILURES": len(failures),
        "history": keep("hammer", deeds),
    }


def _wrong(clients: list[Client]) -> int:
    return sum(len(client.wrong) for client in clients)


if __name__ == "__main__":
    raise SystemExit(main())
