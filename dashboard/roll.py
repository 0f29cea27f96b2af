"""The sign-ins whose sockets this process holds: an open page counts as being there.

One statement a minute marks them all as seen, whatever their number.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError

from accounts.services import touch_sign_ins

log = structlog.get_logger(__name__)

EVERY_SECONDS = 60


class Roll:
    """The open sign-ins of one event loop."""

    def __init__(self) -> None:
        self.present: Counter[UUID] = Counter()
        self.caller: asyncio.Task[None] | None = None

    def enter(self, sign_in_id: UUID) -> None:
        """Count a socket in; the first one starts the roll call."""
        self.present[sign_in_id] += 1
        if self.caller is None or self.caller.done():
            self.caller = asyncio.create_task(self._call())

    def leave(self, sign_in_id: UUID) -> None:
        """Count a socket out; the last one ends the roll call."""
        self.present[sign_in_id] -= 1
        if self.present[sign_in_id] <= 0:
            del self.present[sign_in_id]
        if not self.present and self.caller is not None:
            self.caller.cancel()

    async def _call(self) -> None:
        while self.present:
            try:
                await database_sync_to_async(touch_sign_ins)(list(self.present))
            except DatabaseError as error:
                log.warning("roll.missed", error=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)


_rolls: WeakKeyDictionary[asyncio.AbstractEventLoop, Roll] = WeakKeyDictionary()


def roll() -> Roll:
    """The roll of the running event loop."""
    return _rolls.setdefault(asyncio.get_running_loop(), Roll())
