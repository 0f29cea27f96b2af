"""Many hands on few queues, doing anything at any time: first in first out, one at a time, every token somewhere.

`python -m tests.drills.queue_mix --seconds 300`
"""

from __future__ import annotations

import argparse
import time
from collections import Counter

from tests.drills.place import own_database, servers_at_hand
from tests.drills.report import Figures, keep, tell

THREADS, PERFORMERS, VIEWERS = 12, 4, 8
# Seconds: so short that every deadline falls now and then, and most people still get what they paid for.
SHORT = {
    "start": 1,
    "start_warning": 1,
    "rope_drop": 0,
    "return_": 2,
    "absence": 3,
    "keep_place": 1,
    "lifetime": 2,
    "maximum": 5,
}


def main() -> int:
    """Run it; 1 where a rule was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--threads", type=int, default=THREADS)
    asked = parser.parse_args()
    with servers_at_hand("queue"), own_database("queue", connections=asked.threads + 2) as databases:
        figures = mix(asked.seconds, asked.threads)
    figures["DEADLOCKS"] = databases.deadlocks
    tell(figures)
    return int(any(figures[name] for name in figures if name.isupper()))


def mix(seconds: float, threads: int) -> Figures:
    """So long with so many hands, then the books."""
    from tests.drills.queue_books import double_starts, fired, judge_stage, out_of_order
    from tests.drills.queue_hands import Hand, ids, open_stage
    from tests.drills.traffic import crowd
    from tests.queue_app.clockwork import limits

    stage = open_stage(PERFORMERS, VIEWERS)
    hands = [Hand(number, stage) for number in range(threads)]
    end = time.monotonic() + seconds
    with limits(**SHORT):
        failures = crowd(hands, lambda: time.monotonic() < end)
    deeds = [deed for hand in hands for deed in hand.deeds]
    done = Counter(deed.verb for deed in deeds if deed.done)
    return {
        "drill": "queue_mix",
        "threads": threads,
        "seconds": seconds,
        "operations": len(deeds),
        "done": dict(done),
        "fired": fired(ids(stage.performers)),
        "refused": dict(Counter(deed.refusal for deed in deeds if not deed.done)),
        "OUT_OF_ORDER": out_of_order(ids(stage.performers)),
        "DOUBLE_STARTS": double_starts(ids(stage.performers)),
        **judge_stage(ids(stage.viewers), ids(stage.performers)),
        "STRANGE": [words for hand in hands for words in hand.strange][:5],
        "FAILURES": [repr(failure) for failure in failures][:5],
        "history": keep("queue_mix", deeds),
    }


if __name__ == "__main__":
    raise SystemExit(main())
