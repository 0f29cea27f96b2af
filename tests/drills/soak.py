"""The whole product under a steady mixed load for long: nothing grows, nothing fails, the books are clean at the end.

`python -m tests.drills.soak --seconds 600`: people buy, start and finish over HTTP, sockets are open, pages are read.
The first third is warm-up; afterwards memory, connections, keys, rubbish and jobs stay where they are.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import httpx

from tests.drills.callers import Caller, Crowd
from tests.drills.house import House, open_house
from tests.drills.place import close_connections
from tests.drills.report import Figures, keep, percentiles, tell
from tests.drills.waiting import until

if TYPE_CHECKING:
    from accounts.models import Performer, Viewer
    from tests.drills.gauges import Sample

Turn = Callable[[], None]
PAUSE_SECONDS = 0.25
#: After the warm-up a program may grow by so much, of its memory and at least in megabytes.
GROWTH, AT_LEAST_MB = 0.10, 12.0
MORE_CONNECTIONS, MORE_KEYS, MORE_VALKEY_MB, JOBS_WAITING = 4, 200, 4.0, 50
#: PostgreSQL sweeps a table up once a fifth of it is dead; small tables later.
DEAD_SHARE, DEAD_ROWS = 0.3, 10_000
PAGES = {
    "viewer": ("/rooms/", "/my/queue/", "/my/history/", "/wallet/", "/notifications/"),
    "performer": ("/", "/queue/", "/queue/history/", "/wallet/", "/wallet/transactions/", "/f/wallet/"),
}


class Reader(Caller):
    """A browser session that reads one page after the other; any answer but the page is an error."""

    def __init__(self, url: str, person: Viewer | Performer, side: str) -> None:
        from django.conf import settings

        from tests import factories

        super().__init__(url, "", "", 0)
        cookies = {settings.SESSION_COOKIE_NAME: factories.session_key(person)}
        self.client = httpx.Client(base_url=url, cookies=cookies, timeout=10)
        self.pages = PAGES[side]

    def turn(self) -> None:
        """The next page."""
        began = time.monotonic()
        answer = self.client.get(self.pages[len(self.took) % len(self.pages)])
        self.took.append((began, time.monotonic() - began))
        if answer.status_code != 200:
            self.unheard[f"{answer.status_code} {answer.url.path}"] += 1
            self.errors += 1


def main() -> int:
    """Run it; 1 where something grew, failed or was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600)
    asked = parser.parse_args()
    with open_house("house") as house:
        figures = soak(house, asked.seconds)
    tell(figures)
    return int(any(figures[name] for name in figures if name.isupper()))


def soak(house: House, seconds: float) -> Figures:
    """People at work and at their screens, and the gauges beside them; then the books."""
    from django.conf import settings

    from tests.drills.cast import START_TOKENS, engage
    from tests.drills.gauges import Gauges, grown
    from tests.drills.queue_books import Side, judge_queue
    from tests.drills.sockets import Listener

    cast = engage(house.url, performers=3, viewers=6)
    readers = [Reader(house.url, person, "viewer") for person in cast.viewers[:2]]
    readers += [Reader(house.url, person, "performer") for person in cast.performers[:2]]
    crowd, pages = Crowd(slowly(cast.turns())), Crowd(slowly({reader: reader.turn for reader in readers}))
    with ExitStack() as stack:
        listeners = [stack.enter_context(Listener(buyer, "/ws/v1/viewer/")) for buyer in cast.buyers]
        stack.enter_context(crowd)
        stack.enter_context(pages)
        until(lambda: all(listener.opened for listener in listeners))
        gauges = stack.enter_context(Gauges(house, settings.REDIS_URL))
        began, so_far = time.monotonic(), logged_errors(house)
        until(lambda: time.monotonic() - began > seconds or bool(crowd.failures + pages.failures), seconds + 60)
    close_connections()
    side = Side([viewer.pk for viewer in cast.viewers], [performer.pk for performer in cast.performers], START_TOKENS)
    return {
        "drill": "soak",
        "seconds": seconds,
        "acknowledged": crowd.acknowledged(),
        "done": dict(Counter(deed.verb for deed in crowd.deeds if deed.done)),
        "pages": len(pages.took(0, float("inf"))),
        "api_seconds": percentiles(crowd.took(began, float("inf"))),
        "page_seconds": percentiles(pages.took(began, float("inf"))),
        "sockets_opened": sum(listener.opened for listener in listeners),
        "events_heard": sum(len(listener.heard) for listener in listeners),
        "from_to": {name: grown(gauges.samples, name) for name in gauges.samples[0]},
        "GREW": too_much(gauges.samples),
        "unheard": crowd.unheard() | pages.unheard(),
        "ASKED_AGAIN": crowd.errors(),
        "PAGES_FAILED": pages.errors(),
        "SOCKETS_LOST": sum(listener.opened - 1 for listener in listeners),
        "ERRORS_LOGGED": logged_errors(house) - so_far,
        **judge_queue(crowd.deeds, side),
        "FAILURES": len(crowd.failures) + len(pages.failures) + len(gauges.failures),
        "history": keep("soak", crowd.deeds),
    }


def slowly(turns: Mapping[Caller, Turn]) -> dict[Caller, Turn]:
    """Each turn, then a breath: the load is steady, not all that the machine can bear."""

    def then_breathe(turn: Turn) -> None:
        turn()
        time.sleep(PAUSE_SECONDS)  # the pace of people, not a wait for something

    return {caller: partial(then_breathe, turn) for caller, turn in turns.items()}


def too_much(samples: list[Sample]) -> int:
    """How many figures grew beyond their bound after the warm-up, or stood too high at any time after it."""
    from tests.drills.gauges import grown

    settled, last = samples[len(samples) // 3 :], samples[-1]
    bounds = {
        "connections": (MORE_CONNECTIONS, 0.0),
        "valkey_keys": (MORE_KEYS, 0.0),
        "valkey_used_mb": (MORE_VALKEY_MB, GROWTH),
        **{name: (AT_LEAST_MB, GROWTH) for name in last if name.endswith("_mb") and name != "valkey_used_mb"},
    }
    grew = 0
    for name, (least, share) in bounds.items():
        before, after = grown(samples, name)
        grew += after - before > max(least, share * before)
    return (
        grew
        + any(sample["idle_in_transaction"] for sample in settled)
        + (last["jobs_waiting"] > JOBS_WAITING)
        + (last["dead_rows"] > DEAD_SHARE * last["live_rows"] + DEAD_ROWS)
    )


def logged_errors(house: House) -> int:
    """How many errors stand in the logs of the product's programs."""
    return sum(
        file.read_text(errors="replace").count('"level": "error"') for file in (house.data / "logs").glob("*.log")
    )


if __name__ == "__main__":
    raise SystemExit(main())
