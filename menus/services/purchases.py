"""Buying: one SQL statement, then the events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings

from core.actors import Actor
from core.exceptions import NotFound
from core.idempotency import Answer, Claim, answer_of
from core.sql import call_claiming
from menus.offers import check_note
from queue_app.events import announce_enqueued
from wallet.events import balance_changed


def purchase(*, by: Actor, claim: Claim, item_id: UUID, note: str = "") -> Answer:
    """Buy an item at its present price: the tokens are held and the item is in her queue, or nothing happened.

    The answer's body is {purchaseId, holdId, queueItem, price, balance}, once for the claim's key; its repetition is
    marked as replayed. Raises NotFound for what is not on sale to this viewer, InsufficientBalance, CannotBuyOwnItem,
    PurchaseLimitReached, and the queue's QueueFull and PerformerUnavailable; 402 and 409 are remembered under the key.
    """
    if by.id is None:
        raise NotFound()
    note = note.strip()
    check_note(note)
    found = _ask(by.id, claim, item_id, note)
    if "answer" in found:
        _announce(by.id, found)
    return answer_of(found, claim)


def _ask(viewer_id: UUID, claim: Claim, item_id: UUID, note: str) -> dict[str, Any]:
    return call_claiming(
        "menus_purchase",
        actor=viewer_id,
        key=claim.key,
        fingerprint=claim.fingerprint,
        item=item_id,
        note=note,
        zone=settings.BUSINESS_TIME_ZONE,
    )


def _announce(viewer_id: UUID, found: dict[str, Any]) -> None:
    """Tell her queue, his items and his wallet, in the words of the rooms they belong to."""
    balance_changed(viewer_id, found["version"])
    announce_enqueued(found["queued"])
