"""Fan-out in a socket process: one subscription, a local map from rooms to sockets, bounded queues.

A slow socket loses its oldest frames; its client sees the gap in the versions and re-fetches.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Any

import structlog
from channels.layers import get_channel_layer

from core.events import GROUP

log = structlog.get_logger(__name__)
QUEUE_LENGTH = 64
READY_SECONDS = 5

Frame = dict[str, Any]


class Mailbox:
    """Frames waiting for one socket, the oldest dropped when it is full."""

    def __init__(self, rooms: set[str]) -> None:
        self.rooms = rooms
        self.queue: asyncio.Queue[Frame] = asyncio.Queue(maxsize=QUEUE_LENGTH)
        self.dropped = 0

    def put(self, frame: Frame) -> None:
        """Add a frame, never waiting."""
        if self.queue.full():
            self.queue.get_nowait()
            self.dropped += 1
        self.queue.put_nowait(frame)

    async def get(self) -> Frame:
        """The next frame."""
        return await self.queue.get()


class Hub:
    """Rooms of this process; belongs to one event loop. It listens while anybody is in a room."""

    def __init__(self) -> None:
        self.rooms: dict[str, set[Mailbox]] = defaultdict(set)
        self.task: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        self.mailboxes: set[Mailbox] = set()

    async def join(self, *rooms: str) -> Mailbox:
        """A mailbox that hears the rooms from now on."""
        mailbox = Mailbox(set(rooms))
        self.mailboxes.add(mailbox)
        try:
            await self._listening()
        except BaseException:
            self.leave(mailbox)
            raise
        for room in rooms:
            self.rooms[room].add(mailbox)
        return mailbox

    def leave(self, mailbox: Mailbox) -> None:
        """Hear nothing more."""
        for room in mailbox.rooms & self.rooms.keys():
            self.rooms[room].discard(mailbox)
            if not self.rooms[room]:
                del self.rooms[room]
        self.mailboxes.discard(mailbox)
        if not self.mailboxes and self.task is not None:
            self.task.cancel()
            self.task = None

    async def _listening(self) -> None:
        if self.task is None or self.task.done():
            self.ready = asyncio.Event()
            self.task = asyncio.create_task(self._listen(self.ready))
        await asyncio.wait_for(self.ready.wait(), timeout=READY_SECONDS)

    def deliver(self, rooms: list[str], frame: Frame) -> None:
        """Put the frame once into each mailbox of the rooms."""
        for mailbox in {mailbox for room in rooms for mailbox in self.rooms.get(room, ())}:
            mailbox.put(frame)

    async def _listen(self, ready: asyncio.Event) -> None:
        layer = get_channel_layer()
        if layer is None:
            raise RuntimeError("CHANNEL_LAYERS has no default layer")
        channel = await layer.new_channel()
        await layer.group_add(GROUP, channel)
        try:
            ready.set()
            while True:
                message = await layer.receive(channel)
                for rooms, frame in message["events"]:
                    self.deliver(rooms, frame)
        finally:
            await layer.group_discard(GROUP, channel)


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        for stale in [known for known in _hubs if known.is_closed()]:
            del _hubs[stale]
        _hubs[loop] = Hub()
    return _hubs[loop]
