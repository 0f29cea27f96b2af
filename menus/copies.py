"""Rendered menus kept by this process: never older than what the client knows.

A copy is dropped when an event of its performer is heard: this process hears its own at once, those of the others over
pub/sub, before it gives a copy away. A client that names the versions it has seen gets nothing older; one that names
none gets nothing that was not looked at in the last second. While Valkey is not heard no copy is used, and inside a
transaction none is either.
"""

from __future__ import annotations

import gzip
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import msgspec

from core.ears import SLEEP_SECONDS, Kept, hears, kept_until_heard
from menus.builder import Menu

#: How long a copy is good for a client that names no version, and for one that does.
UNSEEN_SECONDS = 1.0
SEEN_SECONDS = SLEEP_SECONDS
MODEL = "model:"


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


@cache
def shelf() -> Kept[Copy]:
    """The copies of this process."""
    return kept_until_heard(Kept(MODEL))


def good_copy(performer_id: UUID, known: Known) -> Copy | None:
    """A copy that is good for this client; ask `core.ears.hears` before."""
    found = shelf().get(performer_id)
    return found if found is not None and found.is_good_for(known, time.monotonic()) else None


def menu_copy(performer_id: UUID, known: Known, read: Callable[[], Menu]) -> Copy:
    """Her menu for a client that knows these versions: a copy where that is good enough, else as `read` finds it."""
    kept = shelf()
    if not hears():
        return rendered(read(), time.monotonic())
    found = good_copy(performer_id, known)
    if found is None:
        read_at = time.monotonic()
        found = rendered(read(), read_at)
        kept.keep(performer_id, found, read_at)
    return found
