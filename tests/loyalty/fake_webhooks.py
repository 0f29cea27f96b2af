"""The sender of the service's webhooks: both schemes of signing, and everything that can be wrong with one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any, cast
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

SECRET = "webhook-secret-of-the-tests-0123456789abcdef"


def message(event: str = "POINTS_POSTED", event_id: str = "", **data: object) -> bytes:
    """An event's body; spaces in odd places, as no serializer of ours would write it."""
    words: dict[str, Any] = {"event": event, "emittedAt": stamp_text(60), "data": data}
    if event_id:
        words["eventId"] = event_id
    return json.dumps(words, separators=(" , ", " :")).encode()


def stamp_text(ahead_seconds: float = 0.0) -> str:
    """A moment as RFC 3339."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + ahead_seconds))


def timed(body: bytes, *, late_seconds: float = 0, secret: str = SECRET) -> dict[str, str]:
    """Headers of the scheme that signs timestamp and body."""
    stamp = str(int(time.time() - late_seconds))
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Webhook-Timestamp": stamp, "X-Webhook-Signature": signature}


def canonical(
    body: bytes, *, nonce: str = "", late_seconds: float = 0, secret: str = SECRET, in_base64: bool = False
) -> dict[str, str]:
    """Headers of the scheme that signs method, path, timestamp, nonce and the body's digest."""
    stamp, nonce = stamp_text(-late_seconds), nonce or str(uuid4())
    lines = ("POST", reverse("loyalty-webhook"), stamp, nonce, hashlib.sha256(body).hexdigest())
    digest = hmac.new(secret.encode(), "\n".join(lines).encode(), hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode() if in_base64 else digest.hex()
    return {"X-RRR-Timestamp": stamp, "X-RRR-Nonce": nonce, "X-RRR-Signature": signature}


def send(body: bytes, headers: dict[str, str]) -> HttpResponse:
    """One delivery."""
    client = Client(enforce_csrf_checks=True, headers=headers)
    return cast("HttpResponse", client.post(reverse("loyalty-webhook"), body, content_type="application/json"))
