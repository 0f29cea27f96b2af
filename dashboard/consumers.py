"""Sockets: hello with a snapshot and all versions, then the events of the socket's rooms. They take no commands."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

import orjson
import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from accounts.access import access_of
from accounts.events import SignInEnded, room_of
from accounts.queries import is_open
from accounts.sockets import sign_in_of_scope
from core.hub import Frame, Mailbox, hub
from dashboard import snapshots
from dashboard.roll import roll
from dashboard.snapshots import Snapshot

if TYPE_CHECKING:
    from accounts.models import SignIn

log = structlog.get_logger(__name__)

SIGN_IN_FIRST = 4401
NOT_ALLOWED = 4403
TOO_FAST = 4429
NOT_UNDERSTOOD = 1008
TOO_LARGE = 1009
LONGEST_FRAME = 16 * 1024
FRAMES_A_SECOND = 20

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class FeedConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels carries no types
    """One socket of one sign-in. Subclasses say who may open it, what it hears and what it greets with."""

    # The process hears its events through the hub: a subscription a socket would only cost (docs/adr/0005).
    channel_layer_alias: ClassVar[str] = "none"
    role: ClassVar[str] = ""
    mailbox: Mailbox | None = None
    pump: asyncio.Task[None] | None = None

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """The whole conversation; however it ends, nothing of it stays in the rooms or on the roll."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()

    async def connect(self) -> None:
        """Accept first, so that the browser sees the code of a refusal."""
        self.arrivals: deque[float] = deque(maxlen=FRAMES_A_SECOND)
        await self.accept()
        sign_in: SignIn | None = await database_sync_to_async(sign_in_of_scope)(self.scope)
        if sign_in is None:
            await self.close(SIGN_IN_FIRST)
        elif not await database_sync_to_async(self.may_listen)(sign_in):
            await self.close(NOT_ALLOWED)
        else:
            await self._greet(sign_in)

    def may_listen(self, sign_in: SignIn) -> bool:
        """Whether this account may open this socket."""
        return self.role in access_of(sign_in.user).roles

    def rooms(self, sign_in: SignIn) -> tuple[str, ...]:
        """The rooms that this socket hears."""
        raise LookupError(f"{type(self).__name__} names no rooms")

    def snapshot(self, sign_in: SignIn) -> Snapshot:
        """What the hello says."""
        raise LookupError(f"{type(self).__name__} has no snapshot")

    async def _greet(self, sign_in: SignIn) -> None:
        # Listening begins before the snapshot is read, so that nothing falls between the two.
        self.mailbox = await hub().join(*self.rooms(sign_in), room_of(sign_in.pk))
        self.sign_in_id = sign_in.pk
        await roll().enter(sign_in.pk)
        snapshot = await database_sync_to_async(self._first_snapshot)(sign_in)
        if snapshot is None:
            await self.close(SIGN_IN_FIRST)
            return
        await self._send(snapshot.frame())
        self.pump = asyncio.create_task(self._forward(self.mailbox))

    def _first_snapshot(self, sign_in: SignIn) -> Snapshot | None:
        """None where the sign-in ended before this socket could hear of it."""
        return self.snapshot(sign_in) if is_open(sign_in.pk) else None

    async def _forward(self, mailbox: Mailbox) -> None:
        while True:
            frame = await mailbox.get()
            if frame["event"] == SignInEnded.name:
                await self.close(SIGN_IN_FIRST)
                return
            await self._send(frame)

    async def _send(self, frame: Frame) -> None:
        await self.send(text_data=orjson.dumps(frame).decode())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """A ping is answered with the server's time; anything else ends the conversation."""
        refusal = self._refusal(text_data)
        if refusal is not None:
            log.info("socket.refused", code=refusal, path=self.scope["path"])
            await self.close(refusal)
            return
        if self.mailbox is not None:
            roll().hear(self.sign_in_id)
        await self._send({"event": "pong", "serverTime": snapshots.server_time()})

    def _refusal(self, text: str | None) -> int | None:
        now = time.monotonic()
        if len(self.arrivals) == FRAMES_A_SECOND and now - self.arrivals[0] < 1:
            return TOO_FAST
        self.arrivals.append(now)
        if text is None or not is_ping(text):
            return TOO_LARGE if text and len(text) > LONGEST_FRAME else NOT_UNDERSTOOD
        return None

    def _leave(self) -> None:
        if self.pump is not None:
            self.pump.cancel()
        if self.mailbox is not None:
            hub().leave(self.mailbox)
            roll().leave(self.sign_in_id)


def is_ping(text: str) -> bool:
    """Whether the frame is the only one that clients send."""
    if len(text) > LONGEST_FRAME:
        return False
    try:
        frame: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return bool(frame == {"event": "ping"})


class ModelConsumer(FeedConsumer):
    """`/ws/v1/model/`: everything about a performer's own session."""

    role = "performer"

    def rooms(self, sign_in: SignIn) -> tuple[str, ...]:
        """Her own room."""
        return (f"model:{sign_in.user_id}",)

    def snapshot(self, sign_in: SignIn) -> Snapshot:
        """Her state, queue and versions."""
        return snapshots.of_performer(sign_in.user_id)


class ViewerConsumer(FeedConsumer):
    """`/ws/v1/viewer/`: a viewer's own balance and items."""

    role = "viewer"

    def rooms(self, sign_in: SignIn) -> tuple[str, ...]:
        """His own room."""
        return (f"viewer:{sign_in.user_id}",)

    def snapshot(self, sign_in: SignIn) -> Snapshot:
        """His balance, his open items and their versions."""
        return snapshots.of_viewer(sign_in.user_id)


class RoomConsumer(FeedConsumer):
    """`/ws/v1/rooms/{performerId}/`: what everybody in a performer's room may know."""

    @property
    def performer_id(self) -> UUID:
        """Whose room it is."""
        found: UUID = self.scope["url_route"]["kwargs"]["performer_id"]
        return found

    def may_listen(self, sign_in: SignIn) -> bool:
        """Anyone signed in, where the room exists."""
        return snapshots.room_exists(self.performer_id)

    def rooms(self, sign_in: SignIn) -> tuple[str, ...]:
        """The performer's public room."""
        return (f"room:{self.performer_id}",)

    def snapshot(self, sign_in: SignIn) -> Snapshot:
        """Whether she can be bought from now."""
        return snapshots.of_room(self.performer_id)


class NowhereConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels carries no types
    """Any other socket address: refused before it opens."""

    async def connect(self) -> None:
        """Refuse."""
        await self.close()
