"""What other processes announce, heard at need: for what this one keeps in memory and must not keep too long.

Nobody waits at the subscription in between: a thread there would be woken by every event of the house, and take the
processor from the requests, to drop copies that nobody may ask for.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from functools import cache
from typing import Any, Generic, TypeVar
from uuid import UUID

import redis
import structlog
from django.db import connection
from redis.connection import ConnectionInterface

from core.events import group_channel, listen, rooms_of
from core.lines import line_to_valkey

log = structlog.get_logger(__name__)
Value = TypeVar("Value")

MOST = 4096
#: After so long a silence it asks whether the line still stands; after so long a sleep it begins anew.
SILENCE_SECONDS, SLEEP_SECONDS = 1.0, 5.0
RETRY_SECONDS = 0.5
#: How long one request waits for another that listens.
TURN_SECONDS = 0.05


class Kept(Generic[Value]):
    """What is kept of things with a room each, until an event in that room is heard; the least used go first."""

    def __init__(self, rooms: str) -> None:
        self.rooms = rooms
        self.values: OrderedDict[str, tuple[Value, float]] = OrderedDict()
        self.dropped: OrderedDict[str, float] = OrderedDict()
        self.lock = threading.Lock()

    def get(self, thing: UUID) -> Value | None:
        """What was kept within the last `SLEEP_SECONDS`, where nothing was heard of the thing since."""
        found = self.values.get(f"{self.rooms}{thing}")
        return found[0] if found is not None and time.monotonic() - found[1] <= SLEEP_SECONDS else None

    def keep(self, thing: UUID, value: Value, read_at: float) -> None:
        """Keep what was read after `read_at` (monotonic), unless something was heard of the thing since."""
        room = f"{self.rooms}{thing}"
        with self.lock:
            if self.dropped.get(room, 0.0) < read_at:
                _put(self.values, room, (value, read_at))

    def hear(self, rooms: tuple[str, ...]) -> None:
        """Drop what an event in these rooms makes old."""
        for room in rooms:
            if room.startswith(self.rooms):
                with self.lock:
                    _put(self.dropped, room, time.monotonic())
                    self.values.pop(room, None)

    def clear(self) -> None:
        """Forget everything: something may have been missed."""
        with self.lock:
            self.values.clear()


def _put(box: OrderedDict[str, Any], key: str, value: object) -> None:
    box[key] = value
    box.move_to_end(key)
    while len(box) > MOST:
        box.popitem(last=False)


class Ear:
    """One subscription of this process, asked before anything that was kept is used."""

    def __init__(self) -> None:
        self.hearers: list[Kept[Any]] = []
        self.name = f"ear-{os.getpid()}-{id(self):x}"
        self.lock = threading.Lock()
        self.line: ConnectionInterface | None = None
        self.heard_at = 0.0
        self.deaf_until = 0.0

    def hears(self) -> bool:
        """Take in all that was announced so far; False, with everything forgotten, where something may be missed."""
        if not self.lock.acquire(timeout=TURN_SECONDS):
            return False
        try:
            return self._catch_up()
        except (redis.RedisError, OSError) as error:
            log.warning("events.unheard", error=type(error).__name__)
            self._hang_up()
            self.deaf_until = time.monotonic() + RETRY_SECONDS
            return False
        finally:
            self.lock.release()

    def _catch_up(self) -> bool:
        now = time.monotonic()
        if now - self.heard_at > SLEEP_SECONDS:
            # Nothing that was kept is good any more: to begin anew is cheaper than to hear what piled up meanwhile.
            self._hang_up()
        if self.line is None:
            if now < self.deaf_until:
                return False
            self.line = self._subscribed()
        elif now - self.heard_at > SILENCE_SECONDS:
            self._ask(self.line)
        else:
            while self.line.can_read(0):
                self._hear(self.line)
        return True

    def _subscribed(self) -> ConnectionInterface:
        line = line_to_valkey(self.name)
        line.send_command("SUBSCRIBE", group_channel())
        self._hear(line)
        return line

    def _ask(self, line: ConnectionInterface) -> None:
        # Whatever was announced before the answer comes before it.
        line.send_command("PING", check_health=False)
        while self._hear(line) != b"pong":
            pass

    def _hear(self, line: ConnectionInterface) -> bytes:
        kind, *told = line.read_response(push_request=True)
        self.heard_at = time.monotonic()
        if kind == b"message":
            rooms = rooms_of(told[-1])
            for hearer in self.hearers:
                hearer.hear(rooms)
        return bytes(kind)

    def _hang_up(self) -> None:
        for hearer in self.hearers:
            hearer.clear()
        if self.line is not None:
            self.line.disconnect()
            self.line = None


@cache
def ear() -> Ear:
    """This process'."""
    return Ear()


def kept_until_heard(kept: Kept[Value]) -> Kept[Value]:
    """Let it hear: this process' own events before anybody else does, the others' whenever `hears` is asked."""
    listen(kept.hear)
    ear().hearers.append(kept)
    return kept


def hears() -> bool:
    """Whether what was kept may be used now: what happened was heard, and no transaction of ours is open."""
    return not connection.in_atomic_block and ear().hears()
