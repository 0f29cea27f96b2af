"""One client process of the comparison: `python -m benchmarks.holds.worker KIND SECONDS`.

Reads from its standard input whose tokens to move, works with four threads until the time is over, and writes how many
operations it committed. A round is a hold and its settlement, then a hold and its refund: four operations.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from random import Random
from typing import Protocol

import orjson

THREADS = 4
TOKENS = 5


class Verbs(Protocol):
    """One way to do the three; each is durably committed when it returns."""

    def place_hold(self, viewer: str, performer: str, key: str) -> str:
        """Set tokens aside; the hold's id."""

    def settle_hold(self, viewer: str, hold: str, key: str) -> None:
        """Pay the hold out."""

    def refund_hold(self, viewer: str, hold: str, key: str) -> None:
        """Give the hold back."""


def one_round(verbs: Verbs, viewer: str, performer: str) -> int:
    """Four operations under keys of their own."""
    key = str(uuid.uuid4())
    verbs.settle_hold(viewer, verbs.place_hold(viewer, performer, f"{key}:1"), f"{key}:1")
    verbs.refund_hold(viewer, verbs.place_hold(viewer, performer, f"{key}:2"), f"{key}:2")
    return 4


def work(kind: str, viewers: list[str], performers: list[str], until: float, counts: list[int]) -> None:
    """One thread: rounds until the time is over."""
    done, random = 0, Random()
    with opened(kind) as verbs:
        while time.monotonic() < until:
            done += one_round(verbs, random.choice(viewers), random.choice(performers))
    counts.append(done)


@contextmanager
def opened(kind: str) -> Iterator[Verbs]:
    """This thread's connection, made for one of the four ways."""
    from benchmarks.holds import driver, orm

    ways: dict[str, Callable[[], AbstractContextManager[Verbs]]] = {
        "function": orm.functions,
        "orm": orm.round_trips,
        "bare_function": driver.functions,
        "bare_round_trips": driver.round_trips,
    }
    with ways[kind]() as verbs:
        yield verbs


def main() -> None:
    """Run the threads and tell the number of operations."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    told, counts = orjson.loads(sys.stdin.buffer.read()), list[int]()
    until = time.monotonic() + float(sys.argv[2])
    arguments = (sys.argv[1], told["viewers"], told["performers"], until, counts)
    threads = [threading.Thread(target=work, args=arguments) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(counts) < THREADS:
        raise SystemExit("A thread failed")
    sys.stdout.write(str(sum(counts)))


if __name__ == "__main__":
    main()
