"""What the wallet hears of the queue: which item a hold paid for, and the item's life."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from queue_app.models import QueueEvent, QueueItem
from queue_app.queries import events_of
from queue_app.words import step_words
from wallet.hooks import Booking, BookingStep


def items_of_holds(hold_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The items that these holds paid for, by the hold. One statement."""
    return dict(QueueItem.objects.filter(hold_id__in=list(hold_ids)).values_list("hold_id", "id"))


def booking_of(hold_id: UUID) -> Booking | None:
    """The item that the hold paid for, with every step of its life; None where there is none. Two statements."""
    item = QueueItem.objects.filter(hold_id=hold_id).first()
    if item is None:
        return None
    return Booking(item.pk, item.title, item.status, tuple(_step(event) for event in events_of(item.pk)))


def _step(event: QueueEvent) -> BookingStep:
    return BookingStep(
        at=event.at,
        event=event.event,
        words=step_words(event.event),
        status_before=event.from_status,
        status_after=event.to_status,
        actor_id=event.actor_id,
        reason=event.reason,
    )
