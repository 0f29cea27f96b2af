"""The loyalty service is away while people perform: nobody notices, and later every settlement has its points once.

`python -m tests.drills.loyalty_down --performances 300`
"""

from __future__ import annotations

import argparse
import time

from tests.drills.house import House, open_house
from tests.drills.report import Deed, Figures, keep, percentiles, tell
from tests.drills.waiting import until
from tests.loyalty.fake_api import TENANT, TOKEN_SECRET
from tests.loyalty.fake_server import FakeServer, running


def main() -> int:
    """Run it; 1 where a performance suffered or points are missing or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--performances", type=int, default=300)
    asked = parser.parse_args()
    with (
        running("live") as server,
        open_house(
            "house",
            LOYALTY_URL=server.url,
            LOYALTY_DIALECT=server.api.dialect,
            LOYALTY_TENANT=TENANT,
            LOYALTY_TOKEN_SECRET=TOKEN_SECRET,
        ) as house,
    ):
        figures = absence(server, house, asked.performances)
    tell(figures)
    return int(any(figures[name] for name in figures if name.isupper()))


def absence(server: FakeServer, house: House, performances: int) -> Figures:
    """Half of the performances with the service at hand, half without it; then it comes back."""
    from core.actors import SYSTEM
    from core.outbox import backlog
    from loyalty.services import link_account
    from tests.drills.callers import Crowd
    from tests.drills.cast import START_TOKENS, engage
    from tests.drills.queue_books import Side, judge_queue

    cast = engage(house.url, performers=2, viewers=4)
    for viewer in cast.viewers:
        link_account(by=SYSTEM, viewer_id=viewer.pk, member_id=f"member-{viewer.pk}", reason="drill")
    before = backlog().waiting
    with Crowd(cast.turns()) as crowd:
        until(lambda: settled(crowd.deeds) > performances // 2)
        server.down, away_since = True, time.monotonic()
        until(lambda: settled(crowd.deeds) > performances, seconds=300)
    waiting = backlog().waiting - before
    slowest = {"at_hand": crowd.took(0.0, away_since), "away": crowd.took(away_since, float("inf"))}
    server.down, back = False, time.monotonic()
    until(lambda: backlog().waiting == 0, seconds=400)
    side = Side([v.pk for v in cast.viewers], [p.pk for p in cast.performers], START_TOKENS)
    credited = server.api.ledger.credits_by_key()
    wanted = settled(crowd.deeds)
    return {
        "drill": "loyalty_down",
        "performances": wanted,
        "waiting_at_its_return": waiting,
        "drain_seconds": round(time.monotonic() - back, 1),
        "answer_seconds": {name: percentiles(seconds) for name, seconds in slowest.items()},
        "NOT_CREDITED": max(0, wanted - len(credited)),
        "CREDITED_TWICE": sum(count - 1 for count in credited.values()) + max(0, len(credited) - wanted),
        "OUTBOX_EMPTY_WHILE_AWAY": int(waiting <= 0),
        "ASKED_AGAIN": crowd.errors(),
        **judge_queue(crowd.deeds, side),
        "FAILURES": len(crowd.failures),
        "history": keep("loyalty_down", crowd.deeds),
    }


def settled(deeds: list[Deed]) -> int:
    """How many performances have been paid for so far."""
    return sum(deed.verb == "finish" and deed.done for deed in deeds)


if __name__ == "__main__":
    raise SystemExit(main())
