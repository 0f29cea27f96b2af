"""Valkey is killed, emptied and stopped while people buy: money goes on, and the sockets are back soon after it is.

`python -m tests.drills.valkey_stopped --rounds 5`
"""

from __future__ import annotations

import argparse
import signal
import time
from collections.abc import Callable

import redis

from tests.drills.house import House, open_house
from tests.drills.place import Servers, own_servers
from tests.drills.report import Figures, keep, percentiles, tell
from tests.drills.waiting import until

VALKEY = "Valkey"
AWAY_SECONDS = 3.0


def main() -> int:
    """Run it; 1 where a purchase failed or the sockets stayed away."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--away", type=float, default=AWAY_SECONDS, help="seconds of each absence")
    asked = parser.parse_args()
    with own_servers("valkey", postgres=False) as servers:
        url = servers.servers.environment()["REDIS_URL"]
        with open_house("house", REDIS_URL=url) as house:
            figures = storm(servers, house, asked.rounds, asked.away)
    tell(figures)
    return int(any(figures[name] for name in figures if name.isupper()))


def storm(servers: Servers, house: House, rounds: int, away: float) -> Figures:
    """People at work while Valkey goes and comes; then the books."""
    from tests.drills.callers import Crowd
    from tests.drills.cast import START_TOKENS, engage
    from tests.drills.queue_books import Side, judge_queue
    from tests.drills.sockets import Listener

    cast = engage(house.url, performers=2, viewers=4)
    mishaps: dict[str, Callable[[], None]] = {
        "killed": lambda: gone(servers, away),
        "emptied": lambda: emptied(servers),
        "stopped": lambda: stopped(servers, away),
    }
    slowest: dict[str, float] = dict.fromkeys(mishaps, 0.0)
    returns, bought_meanwhile = [], dict.fromkeys(mishaps, 0)
    with Crowd(cast.turns()) as crowd, Listener(cast.buyers[0], "/ws/v1/viewer/") as listener:
        until(lambda: crowd.acknowledged() > 20 and listener.opened > 0)
        for _ in range(rounds):
            for name, mishap in mishaps.items():
                before, began = crowd.acknowledged(), time.monotonic()
                mishap()
                bought_meanwhile[name] += crowd.acknowledged() - before
                back = time.monotonic()
                until(lambda back=back: listener.heard_since(back, "wallet.balance.changed") is not None)  # type: ignore[misc]  # the default binds this round's moment
                returns.append(time.monotonic() - back)
                slowest[name] = max([slowest[name], *crowd.took(began, back)])
    side = Side([v.pk for v in cast.viewers], [p.pk for p in cast.performers], START_TOKENS)
    return {
        "drill": "valkey_stopped",
        "rounds": rounds,
        "acknowledged": crowd.acknowledged(),
        "acknowledged_meanwhile": bought_meanwhile,
        "slowest_seconds": {name: round(seconds, 2) for name, seconds in slowest.items()},
        "sockets_opened": listener.opened,
        "events_back_seconds": percentiles(returns),
        "MONEY_REFUSED": crowd.errors(),
        "EVENTS_LATE": sum(seconds > 10 for seconds in returns),
        "STOOD_STILL": sum(count == 0 for name, count in bought_meanwhile.items() if name != "emptied"),
        **judge_queue(crowd.deeds, side),
        "FAILURES": len(crowd.failures),
        "history": keep("valkey_stopped", crowd.deeds),
    }


def gone(servers: Servers, seconds: float) -> None:
    """Dead, for a while."""
    servers.kill(VALKEY)
    time.sleep(seconds)  # the absence itself
    servers.start(VALKEY)


def emptied(servers: Servers) -> None:
    """Everything it knew is forgotten."""
    assert servers.servers.valkey is not None
    with redis.Redis.from_url(servers.servers.valkey.url()) as client:
        client.flushall()


def stopped(servers: Servers, seconds: float) -> None:
    """Worse than dead: it takes connections and says nothing."""
    process = servers.running[VALKEY]
    process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)  # the absence itself
    process.send_signal(signal.SIGCONT)


if __name__ == "__main__":
    raise SystemExit(main())
