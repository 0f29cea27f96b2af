"""Rendered menus kept by this process: never older than what the client knows.

A copy is dropped when an event of its performer is heard: this process hears its own at once, the others' over
pub/sub. A client that names the versions it has seen gets nothing older; one that names none gets nothing that was not
looked at in the last second. While Valkey is not heard no copy is used, and inside a transaction none is either.
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

from core.events import group_channel, listen, rooms_of
from menus.builder import Menu

log = structlog.get_logger(__name__)

MOST = 4096
#: How long a copy is good for a client that names no version, and for one that does.
UNSEEN_SECONDS = 1.0
SEEN_SECONDS = 5.0
RETRY_SECONDS = 0.5
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


class Ear(threading.Thread):
    """Listens to the events of all processes; `hearing` is false from the moment it may have missed one."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__(name=f"menu-copies-{os.getpid()}-{id(shelf):x}", daemon=True)
        self.shelf = shelf
        self.hearing = False
        self.stopping = threading.Event()

    def run(self) -> None:
        """Subscribe, listen, and begin again after a loss."""
        while not self.stopping.is_set():
            try:
                self._listen()
            except (redis.RedisError, OSError) as error:
                log.warning("menus.copies_off", error=type(error).__name__)
            finally:
                self.hearing = False
                self.shelf.clear()
            self.stopping.wait(RETRY_SECONDS)

    def _listen(self) -> None:
        client = redis.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=0.5,
            socket_timeout=2,
            health_check_interval=1,
            client_name=self.name,
        )
        with client, client.pubsub() as channel:
            channel.subscribe(group_channel())
            while not self.stopping.is_set():
                message = channel.get_message(timeout=1.0)
                if message and message["type"] == "subscribe":
                    self.hearing = True
                elif message and message["type"] == "message":
                    self.shelf.hear(rooms_of(message["data"]))


@cache
def shelf() -> Shelf:
    """This process' copies."""
    made = Shelf()
    listen(made.hear)
    return made


@cache
def ear() -> Ear:
    """This process' listener, begun with the first menu."""
    started = Ear(shelf())
    started.start()
    return started


def usable() -> bool:
    """Whether copies may be used now: what happens is heard, and no transaction of ours is open."""
    return ear().hearing and not connection.in_atomic_block


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
