"""What the loyalty service tells us: taken once by its event's id, and acted on where it concerns a link."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from core.actors import SYSTEM
from core.exceptions import FeatureDisabled, ValidationFailed
from loyalty.config import active
from loyalty.exceptions import BadSignature, EventReused
from loyalty.models import AccountLink, WebhookEvent
from loyalty.services import revoke_link
from loyalty.signatures import Delivery, is_genuine

LINK_EVENTS = {"LINK_UPDATED", "link.updated"}
ENDED = {"REVOKED", "UNLINKED", "CLOSED"}


NAMES = {"emitted_at": "emittedAt", "event_id": "eventId", "old_event_id": "event_id"}


class Envelope(msgspec.Struct, frozen=True, rename=NAMES):
    """{event, emittedAt, data}, the event's id in it (in either spelling) or, by the other scheme, in the nonce."""

    event: str
    emitted_at: datetime
    data: dict[str, Any] = {}
    event_id: str = ""
    old_event_id: str = ""


class LinkUpdated(msgspec.Struct, frozen=True):
    """What we need of a link's change."""

    member_id: str
    status: str


def receive(delivery: Delivery) -> str:
    """Take one webhook; a word on what came of it: `duplicate`, `recorded`, `revoked`, `stale`.

    Raises FeatureDisabled (off, or no secret to check with), BadSignature, ValidationFailed, EventReused.
    """
    config = active()
    if config is None or not config.webhook_secrets:
        raise FeatureDisabled("This door is shut: no loyalty service is configured.")
    if not is_genuine(delivery, config.webhook_secrets, timezone.now()):
        raise BadSignature()
    envelope, event_id = _opened(delivery)
    digest = hashlib.sha256(delivery.body).digest()
    with transaction.atomic():
        # Insert first: a twin waits here for our commit, and then finds the row.
        first = WebhookEvent(event_id=event_id, kind=envelope.event, digest=digest, emitted_at=envelope.emitted_at)
        WebhookEvent.objects.bulk_create([first], ignore_conflicts=True)
        row = WebhookEvent.objects.select_for_update().get(event_id=event_id)
        if row.result:
            return _seen(row, digest)
        row.result = _effect(envelope)
        row.save(update_fields=["result"])
    return row.result


def _seen(row: WebhookEvent, digest: bytes) -> str:
    if bytes(row.digest) != digest:
        raise EventReused()
    return "duplicate"


def _opened(delivery: Delivery) -> tuple[Envelope, str]:
    try:
        envelope = msgspec.json.decode(delivery.body, type=Envelope)
    except msgspec.MsgspecError:
        raise ValidationFailed.of("body", "malformed", "Expected {event, emittedAt, data}.") from None
    event_id = envelope.event_id or envelope.old_event_id or delivery.headers.get("X-RRR-Nonce", "")
    if not 1 <= len(event_id) <= 128 or not event_id.isprintable():
        raise ValidationFailed.of("eventId", "required", "An event has an id of at most 128 characters.")
    if not 1 <= len(envelope.event) <= 64 or not envelope.event.isprintable():
        raise ValidationFailed.of("event", "invalid", "An event has a name of at most 64 characters.")
    if envelope.emitted_at.tzinfo is None:
        raise ValidationFailed.of("emittedAt", "invalid", "A time has its zone.")
    return envelope, event_id


def _effect(envelope: Envelope) -> str:
    if envelope.event not in LINK_EVENTS:
        return "recorded"
    try:
        change = msgspec.convert(envelope.data, LinkUpdated)
    except msgspec.ValidationError:
        raise ValidationFailed.of("data", "invalid", "Expected {member_id, status}.") from None
    if change.status.upper() not in ENDED:
        # A link begins only here, where somebody has seen who the viewer is.
        return "recorded"
    link = AccountLink.objects.filter(member_id=change.member_id, active=True).first()
    if link is None or link.activated_at > envelope.emitted_at:
        # Deliveries overtake each other: an end from before this link is not this link's.
        return "stale"
    revoke_link(by=SYSTEM, link_id=link.pk, reason="ended by the loyalty service")
    return "revoked"
