"""The sign-ins whose sockets this process holds: an open page counts as being there.

Whoever pinged since the last call is there for another few seconds; one statement renews them all, whatever their
number, and one a minute marks them as seen. A page that is gone pings no more, a process that is gone renews nobody.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError

from accounts.services import touch_sign_ins
from core.exceptions import Unavailable
from presence.services import renew
from presence.states import Kind

log = structlog.get_logger(__name__)

RENEW_EVERY_SECONDS = 2
TOUCH_EVERY_SECONDS = 60


class Roll:
    """The open sign-ins of one event loop."""

    def __init__(self) -> None:
        self.present: Counter[UUID] = Counter()
        self.heard: set[UUID] = set()
        self.touch_at = 0.0
        self.caller: asyncio.Task[None] | None = None

    async def enter(self, sign_in_id: UUID) -> None:
        """Count a socket in, which is a sign of life; the first one starts the roll call."""
        self.present[sign_in_id] += 1
        await self._try(renew_now, [sign_in_id])
        if self.caller is None or self.caller.done():
            self.caller = asyncio.create_task(self._call())

    def hear(self, sign_in_id: UUID) -> None:
        """A ping: she is there until a little after the next one is due."""
        self.heard.add(sign_in_id)

    def leave(self, sign_in_id: UUID) -> None:
        """Count a socket out; the last one ends the roll call."""
        self.present[sign_in_id] -= 1
        if self.present[sign_in_id] <= 0:
            del self.present[sign_in_id]
            self.heard.discard(sign_in_id)
        if not self.present and self.caller is not None:
            self.caller.cancel()

    async def _call(self) -> None:
        while self.present:
            heard, self.heard = list(self.heard), set()
            if heard:
                await self._try(renew_now, heard)
            if time.monotonic() >= self.touch_at:
                self.touch_at = time.monotonic() + TOUCH_EVERY_SECONDS
                await self._try(touch_sign_ins, list(self.present))
            await asyncio.sleep(RENEW_EVERY_SECONDS)

    async def _try(self, work: Callable[[list[UUID]], object], sign_in_ids: list[UUID]) -> None:
        try:
            await database_sync_to_async(work)(sign_in_ids)
        except (DatabaseError, Unavailable) as error:
            log.warning("roll.missed", error=type(error).__name__)


def renew_now(sign_in_ids: list[UUID]) -> None:
    """Renew the leases of all these sign-ins."""
    renew(sign_in_ids=sign_in_ids, kind=Kind.SOCKET)


_rolls: WeakKeyDictionary[asyncio.AbstractEventLoop, Roll] = WeakKeyDictionary()


def roll() -> Roll:
    """The roll of the running event loop."""
    return _rolls.setdefault(asyncio.get_running_loop(), Roll())
