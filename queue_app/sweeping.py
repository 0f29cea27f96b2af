"""Working off what is due. Deadlines are columns: whoever calls this, as often as he likes, does what is left to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from core.events import together
from core.sql import call_value, id_array
from queue_app import events, queries
from queue_app.services import deal
from wallet.services import expire_due_holds

log = structlog.get_logger(__name__)

#: So many performers are worked off in one transaction, with so many waiting items each: a tenth of a second. Each
#: item is a subtransaction; where one viewer's wallet has many of them, the time grows with their square.
AT_ONCE = 5
ITEMS_AT_ONCE = 20
UNDONE = {"failed", "busy"}


@dataclass(slots=True)
class Swept:
    """What a sweep did: things done, and things that went wrong and stay due."""

    done: int = 0
    failed: int = 0


def sweep() -> Swept:
    """Work off everything that is due now; what somebody is at work on is left for the next time.

    Any number of sweeps may run at once: they lock without waiting, and each deadline falls once.
    """
    swept = sweep_performers(queries.due_performers())
    with together():
        _take(call_value("queue_app_sweep_pool", limit=ITEMS_AT_ONCE), swept)
    swept.done += deal() + expire_due_holds()
    return swept


def sweep_performers(performer_ids: Sequence[UUID]) -> Swept:
    """Work off what is due for these performers, some in a statement of their own; their events go out after it."""
    swept = Swept()
    for some in _parts(performer_ids, AT_ONCE):
        with together():
            for result in call_value("queue_app_sweep", performers=id_array(some), limit=ITEMS_AT_ONCE):
                _take(result, swept)
    return swept


def came_back(owner_ids: Sequence[UUID]) -> None:
    """People are there again: who was OFFLINE is IDLE at once, what was paused goes on. The sweeper would do it too."""
    sweep_performers(owner_ids)


def _take(result: dict[str, Any], swept: Swept) -> None:
    if "failed" in result:
        swept.failed += 1
        log.error("sweep.failed", performer=result["performer"], error=result["failed"])
        return
    for thing in result["done"]:
        if thing["what"] == "failed":
            swept.failed += 1
            log.error("sweep.failed", item=thing["itemId"], error=thing["error"])
    swept.done += len(result.get("steps", ())) + sum(thing["what"] not in UNDONE for thing in result["done"])
    events.announce_swept(result)


def _parts(ids: Sequence[UUID], size: int) -> Iterator[Sequence[UUID]]:
    return (ids[begin : begin + size] for begin in range(0, len(ids), size))
