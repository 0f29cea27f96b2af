"""Whether a webhook is genuine and fresh: HMAC over the very bytes that came, compared in constant time. Pure.

Two schemes are in use. `x-webhook-*`: HMAC of `timestamp.body`. `X-RRR-*`: HMAC of method, path, timestamp, nonce and
the body's digest, a line each. In hex, by some in base64. Anything unsigned is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WINDOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def is_genuine(delivery: Delivery, secrets: tuple[str, ...], now: datetime) -> bool:
    """Signed with one of the secrets, within five minutes of now. Without secrets nothing is genuine."""
    headers = delivery.headers
    if "X-RRR-Signature" in headers:
        stamp, sent = headers.get("X-RRR-Timestamp", ""), headers["X-RRR-Signature"]
        message = _canonical(delivery, stamp)
    else:
        stamp, sent = headers.get("X-Webhook-Timestamp", ""), headers.get("X-Webhook-Signature", "")
        message = stamp.encode() + b"." + delivery.body
    at, signature = moment(stamp), _decoded(sent)
    if at is None or signature is None or abs(now - at) > WINDOW:
        return False
    # All are compared, so that the time taken tells nothing about which one fits.
    matches = [hmac.compare_digest(_signature(secret, message), signature) for secret in secrets]
    return any(matches)


def _canonical(delivery: Delivery, stamp: str) -> bytes:
    nonce = delivery.headers.get("X-RRR-Nonce", "")
    digest = hashlib.sha256(delivery.body).hexdigest()
    return "\n".join((delivery.method, delivery.path, stamp, nonce, digest)).encode()


def _signature(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


def _decoded(sent: str) -> bytes | None:
    try:
        raw = bytes.fromhex(sent) if len(sent) == 64 else base64.b64decode(sent.encode(), validate=True)
    except (ValueError, binascii.Error):
        return None
    return raw if len(raw) == 32 else None


def moment(stamp: str) -> datetime | None:
    """Seconds or milliseconds since 1970, or RFC 3339 with its zone; None for anything else."""
    try:
        if stamp.isascii() and stamp.isdecimal() and len(stamp) <= 13:
            return datetime.fromtimestamp(int(stamp) / (1000 if len(stamp) == 13 else 1), UTC)
        found = datetime.fromisoformat(stamp)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found.tzinfo else None
