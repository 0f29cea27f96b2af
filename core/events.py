"""Events: frozen facts that the world hears after the commit. They only refresh screens and may be lost."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar

import msgpack
import redis
import structlog
from django.conf import settings
from django.db import transaction

from core.lines import say
from core.problems import camel

log = structlog.get_logger(__name__)
GROUP = "house"
MESSAGE_TYPE = "house.event"
#: Fewer than a socket's mailbox holds (core.hub).
MOST_IN_A_MESSAGE = 32
#: The rooms of an event, and its frame.
Told = tuple[tuple[str, ...], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Event(ABC):
    """A fact with its wire name; its fields are the payload, in camelCase."""

    name: ClassVar[str]

    @property
    @abstractmethod
    def of(self) -> str:
        """The thing that changed, as `state:{id}`."""

    @property
    @abstractmethod
    def rooms(self) -> tuple[str, ...]:
        """Who hears it: `model:{id}`, `viewer:{id}`, `room:{id}`."""

    @property
    def thing_version(self) -> int | None:
        """The version of the thing after the change; None for a hint without one."""
        return None

    @abstractmethod
    def data(self) -> dict[str, Any]:
        """The payload as it goes on the wire: ids, small facts, no personal data."""

    def frame(self) -> dict[str, Any]:
        """The socket frame."""
        return {
            "event": self.name,
            "of": self.of,
            "data": self.data(),
            "version": self.thing_version,
            "serverTime": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }


def camel_keys(values: dict[str, Any]) -> dict[str, Any]:
    """A payload's own keys in camelCase; nested user data is left alone."""
    return {camel(key): value for key, value in values.items()}


def publish(*events: Event) -> None:
    """Announce events after the commit, in their order; a rolled-back change is never announced.

    A dead Valkey never stops one.
    """

    def announce() -> None:
        for event in events:
            send_now(event.rooms, event.frame())

    if events:
        transaction.on_commit(announce)


def send_now(rooms: tuple[str, ...], frame: dict[str, Any]) -> None:
    """Hand a frame to the socket processes at once, in the channel layer's own wire format."""
    for hear in _listeners:
        hear(rooms)
    waiting = _waiting.get()
    if waiting is None:
        _hand_over([(rooms, frame)])
    else:
        waiting.append((rooms, frame))


@contextmanager
def together() -> Iterator[None]:
    """Let what is announced in the block leave as one message at its end, however it ends.

    A request announces up to a dozen events; each alone would wait for Valkey once and wake every process that listens.
    """
    waiting: list[Told] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
        _hand_over(waiting)


_waiting: ContextVar[list[Told] | None] = ContextVar("core_events_waiting", default=None)


def _hand_over(told: list[Told]) -> None:
    if not told:
        return
    parts = [told[begin : begin + MOST_IN_A_MESSAGE] for begin in range(0, len(told), MOST_IN_A_MESSAGE)]
    messages = [msgpack.packb({"type": MESSAGE_TYPE, "events": part}, use_bin_type=True) for part in parts]
    try:
        say(group_channel(), messages)
    except (redis.RedisError, OSError) as error:
        log.warning("events.lost", count=len(told), error=type(error).__name__)


def listen(hear: Callable[[tuple[str, ...]], None]) -> None:
    """Let this process hear the rooms of what it announces itself, before anybody else does."""
    _listeners.append(hear)


_listeners: list[Callable[[tuple[str, ...]], None]] = []


def events_in(message: bytes) -> list[Told]:
    """The rooms and the frame of each event in a message that came over the group's channel."""
    return [(tuple(rooms), frame) for rooms, frame in msgpack.unpackb(message, raw=False).get("events", ())]


def rooms_of(message: bytes) -> tuple[str, ...]:
    """The rooms of a message that came over the group's channel."""
    return tuple(room for rooms, _frame in events_in(message) for room in rooms)


def group_channel() -> str:
    """The Redis channel on which the channel layer carries our group."""
    return f"{settings.CHANNEL_PREFIX}__group__{GROUP}"


@cache
def client() -> redis.Redis:
    """One synchronous pool a process."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=0.5, socket_timeout=0.5, max_connections=64)
