"""The sign-ins whose sockets this process holds: an open page counts as being there.

One statement a minute marks them all as seen, whatever their number.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID

import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError

from accounts.services import touch_sign_ins

log = structlog.get_logger(__name__)

EVERY_SECONDS = 60

_present: Counter[UUID] = Counter()
_caller: asyncio.Task[None] | None = None


def enter(sign_in_id: UUID) -> None:
    """Count a socket in; the first one starts the roll call."""
    global _caller  # one roll a process, like the hub
    _present[sign_in_id] += 1
    if _caller is None or _caller.done():
        _caller = asyncio.get_running_loop().create_task(_call())


def leave(sign_in_id: UUID) -> None:
    """Count a socket out."""
    _present[sign_in_id] -= 1
    if _present[sign_in_id] <= 0:
        del _present[sign_in_id]


async def _call() -> None:
    while _present:
        try:
            await database_sync_to_async(touch_sign_ins)(list(_present))
        except DatabaseError as error:
            log.warning("roll.missed", error=type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)
