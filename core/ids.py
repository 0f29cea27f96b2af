"""Identifiers: UUIDv7 (RFC 9562) for new things, UUIDv5 for things that follow from another."""

from __future__ import annotations

import secrets
import time
from uuid import UUID, uuid5

NAMESPACE = UUID("0b9f2a1e-6c39-5b0e-9d1f-7f4c0e6a5d11")


def uuid7() -> UUID:
    """A time-ordered id: 48 bits of milliseconds, 74 random bits. Not a secret."""
    value = int(time.time() * 1000) << 80 | 0x7 << 76 | secrets.randbits(12) << 64
    return UUID(int=value | 0b10 << 62 | secrets.randbits(62))


def derived_id(*parts: object) -> UUID:
    """The same id for the same parts, so that a retry at any layer converges."""
    return uuid5(NAMESPACE, "\x1f".join(str(part) for part in parts))
