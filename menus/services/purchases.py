"""Buying: one SQL statement, then the events."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection

from core.actors import Actor
from core.exceptions import NotFound, RequestInProgress
from core.idempotency import Answer, Claim, remembered, replay
from core.sql import loaded, refusal_of, translated, waited_for_twin
from menus.offers import check_note
from queue_app.events import announce_enqueued
from wallet.events import balance_changed

PURCHASE = "SELECT menus_purchase(%s, %s, %s, %s, %s, %s)"


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
    if "replay" in found:
        return replay(found)
    if "refusal" in found:
        return remembered(refusal_of(found), claim)
    _announce(by.id, found)
    return Answer(200, found["answer"])


def _ask(viewer_id: UUID, claim: Claim, item_id: UUID, note: str) -> dict[str, Any]:
    arguments: list[Any] = [viewer_id, claim.key, claim.fingerprint, item_id, note, settings.BUSINESS_TIME_ZONE]
    with translated(), connection.cursor() as cursor:
        try:
            cursor.execute(PURCHASE, arguments)
        except DatabaseError as error:
            if waited_for_twin(error):
                raise RequestInProgress() from error
            raise
        row = cursor.fetchone()
    answer: dict[str, Any] = loaded(row[0])
    return answer


def _announce(viewer_id: UUID, found: dict[str, Any]) -> None:
    """Tell her queue, his items and his wallet, in the words of the rooms they belong to."""
    balance_changed(viewer_id, found["version"])
    announce_enqueued(found["queued"])
