"""Signs of life: each renews leases in one statement, and tells who had been away."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings

from core.sql import call, call_value, id_array
from presence.hooks import announce_return
from presence.states import Kind

#: A bearer's lease is written at most once in this share of its length, by each process.
BEARER_SHARE = 0.2
REMEMBERED_BEARERS = 10_000
FORGET_AT_ONCE = 1000


def renew(*, sign_in_ids: Sequence[UUID], kind: Kind, at_least_seconds: int = 0) -> datetime | None:
    """Renew the leases of these sign-ins by one statement; until when the longest of them lives.

    A lease lasts as long as its kind says, or `at_least_seconds` (a performance worked from the chat). None where no
    sign-in is open.
    """
    seconds = max(settings.PRESENCE_SECONDS[kind], at_least_seconds)
    answer = call("presence_renew", sign_ins=id_array(sign_in_ids), kind=kind.value, seconds=seconds)
    announce_return([UUID(owner) for owner in answer["returned"]])
    return datetime.fromisoformat(answer["until"]) if answer["until"] else None


def bearer_seen(*, sign_in_id: UUID) -> None:
    """A bearer request came. Costs nothing while the process knows that the lease is long enough."""
    now = time.monotonic()
    if _bearers.get(sign_in_id, 0.0) > now:
        return
    _bearers[sign_in_id] = now + settings.PRESENCE_SECONDS[Kind.BEARER] * BEARER_SHARE
    while len(_bearers) > REMEMBERED_BEARERS:
        _bearers.popitem(last=False)
    renew(sign_in_ids=[sign_in_id], kind=Kind.BEARER)


# sign-in → when (of this process's monotonic clock) its lease is to be written again
_bearers: OrderedDict[UUID, float] = OrderedDict()


def forget_old_leases() -> int:
    """Forget some of the leases that ended before yesterday (UTC); how many."""
    return int(call_value("presence_forget", limit=FORGET_AT_ONCE))
