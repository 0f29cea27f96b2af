"""Rendered menus kept by this process: never older than what the client knows.

A copy is dropped when an event of its performer is heard: this process hears its own at once, those of the others over
pub/sub, before it gives a copy away. A client that names the versions it has seen gets nothing older; one that names
none gets nothing that was not looked at in the last second. While Valkey is not heard no copy is used, and inside a
transaction none is either.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar
from uuid import UUID

import msgspec
import redis
import structlog
from django.conf import settings
from django.db import connection
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.events import group_channel, listen, rooms_of
from menus.builder import Menu

log = structlog.get_logger(__name__)

MOST = 4096
#: How long a copy is good for a client that names no version, and for one that does.
UNSEEN_SECONDS = 1.0
SEEN_SECONDS = 5.0
RETRY_SECONDS = 0.5
#: How long one request waits for another that listens.
TURN_SECONDS = 0.05
MODEL, SIGN_IN = "model:", "sign-in:"
Key = TypeVar("Key")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Known:
    """The versions that the client has seen."""

    state: int | None = None
    preferences: int | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """A menu as bytes, with the versions it shows and when it was read."""

    body: bytes
    zipped: bytes
    etag: str
    version: int
    preferences_version: int
    read_at: float

    def is_good_for(self, known: Known, now: float) -> bool:
        """Whether the client may have it: not older than what it knows, and not unlooked at for too long."""
        if self.version < (known.state or 0) or self.preferences_version < (known.preferences or 0):
            return False
        return now - self.read_at <= (UNSEEN_SECONDS if known.state is None else SEEN_SECONDS)


def rendered(menu: Menu, read_at: float) -> Copy:
    """The menu as it will be sent."""
    body = msgspec.json.encode(menu)
    etag = '"' + hashlib.sha256(body).hexdigest()[:32] + '"'
    return Copy(body, gzip.compress(body, 5, mtime=0), etag, menu.version, menu.preferences_version, read_at)


@dataclass
class Shelf:
    """The copies of this process, the least used forgotten first."""

    copies: OrderedDict[UUID, Copy] = field(default_factory=OrderedDict)
    dropped: OrderedDict[str, float] = field(default_factory=OrderedDict)
    vouched: OrderedDict[str, tuple[UUID, UUID, float]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def copy(self, performer_id: UUID, known: Known) -> Copy | None:
        """A copy that is good for this client."""
        found = self.copies.get(performer_id)
        return found if found is not None and found.is_good_for(known, time.monotonic()) else None

    def keep(self, performer_id: UUID, copy: Copy) -> None:
        """Keep it, unless something of hers happened since it was read."""
        with self.lock:
            if self.dropped.get(f"{MODEL}{performer_id}", 0.0) < copy.read_at:
                _put(self.copies, performer_id, copy)

    def vouch(self, token: str, performer_id: UUID, sign_in_id: UUID, seen_at: float) -> None:
        """Remember for a second that the database found this token's sign-in open."""
        with self.lock:
            if self.dropped.get(f"{SIGN_IN}{sign_in_id}", 0.0) < seen_at:
                _put(self.vouched, token, (performer_id, sign_in_id, seen_at + UNSEEN_SECONDS))

    def vouched_for(self, token: str) -> UUID | None:
        """Whose token it is, where its sign-in was open within the last second and has not ended since."""
        found = self.vouched.get(token)
        return None if found is None or found[2] < time.monotonic() else found[0]

    def hear(self, rooms: tuple[str, ...]) -> None:
        """Drop what an event in these rooms makes old."""
        for room in rooms:
            if room.startswith((MODEL, SIGN_IN)):
                self._drop(room)

    def _drop(self, room: str) -> None:
        with self.lock:
            _put(self.dropped, room, time.monotonic())
            kind, _, name = room.partition(":")
            if f"{kind}:" == MODEL:
                self.copies.pop(UUID(name), None)
            else:
                for token in [token for token, found in self.vouched.items() if str(found[1]) == name]:
                    del self.vouched[token]

    def clear(self) -> None:
        """Forget everything: something may have been missed."""
        with self.lock:
            self.copies.clear()
            self.vouched.clear()


def _put(box: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    box[key] = value
    box.move_to_end(key)
    while len(box) > MOST:
        box.popitem(last=False)


class Ear:
    """Hears, whenever it is asked, what was announced since it was asked last.

    Nobody waits at the subscription in between: a thread there would be woken by every event of the house, and take the
    processor from the requests, to drop copies that nobody may ask for.
    """

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.name = f"menu-copies-{os.getpid()}-{id(shelf):x}"
        self.lock = threading.Lock()
        self.connection: redis.Connection | None = None
        self.heard_at = 0.0
        self.deaf_until = 0.0

    def hears(self) -> bool:
        """Take in all that was announced so far; False, with an empty shelf, where some of it may have been missed."""
        if not self.lock.acquire(timeout=TURN_SECONDS):
            return False
        try:
            return self._catch_up()
        except (redis.RedisError, OSError) as error:
            log.warning("menus.copies_off", error=type(error).__name__)
            self._let_go()
            self.deaf_until = time.monotonic() + RETRY_SECONDS
            return False
        finally:
            self.lock.release()

    def _catch_up(self) -> bool:
        now = time.monotonic()
        if now - self.heard_at > SEEN_SECONDS:
            # No copy is good any more: to begin anew is cheaper than to hear what piled up meanwhile.
            self._let_go()
        if self.connection is None:
            if now < self.deaf_until:
                return False
            self.connection = self._subscribed()
        elif now - self.heard_at > UNSEEN_SECONDS:
            self._ask(self.connection)
        else:
            while self.connection.can_read(0):
                self._hear(self.connection)
        return True

    def _subscribed(self) -> redis.Connection:
        connection = redis.ConnectionPool.from_url(
            settings.REDIS_URL,
            protocol=2,
            socket_connect_timeout=0.5,
            socket_timeout=0.5,
            retry=Retry(NoBackoff(), 0),
            client_name=self.name,
        ).make_connection()
        connection.connect()
        connection.send_command("SUBSCRIBE", group_channel())
        self._hear(connection)
        return connection

    def _ask(self, connection: redis.Connection) -> None:
        # After a silence: whatever was announced before the answer comes before it.
        connection.send_command("PING", check_health=False)
        while self._hear(connection) != b"pong":
            pass

    def _hear(self, connection: redis.Connection) -> bytes:
        kind, *told = connection.read_response(push_request=True)
        self.heard_at = time.monotonic()
        if kind == b"message":
            self.shelf.hear(rooms_of(told[-1]))
        return bytes(kind)

    def _let_go(self) -> None:
        self.shelf.clear()
        if self.connection is not None:
            self.connection.disconnect()
            self.connection = None


@cache
def shelf() -> Shelf:
    """This process' copies."""
    made = Shelf()
    listen(made.hear)
    return made


@cache
def ear() -> Ear:
    """What this process hears of the others."""
    return Ear(shelf())


def usable() -> bool:
    """Whether copies may be used now: what happens is heard, and no transaction of ours is open."""
    return not connection.in_atomic_block and ear().hears()


def menu_copy(performer_id: UUID, known: Known, read: Callable[[], Menu]) -> Copy:
    """Her menu for a client that knows these versions: a copy where that is good enough, else as `read` finds it."""
    if not usable():
        return rendered(read(), time.monotonic())
    found = shelf().copy(performer_id, known)
    if found is None:
        read_at = time.monotonic()
        found = rendered(read(), read_at)
        shelf().keep(performer_id, found)
    return found
