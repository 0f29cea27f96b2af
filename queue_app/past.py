"""A performer at an instant of the past: her state and what was paid for her, beside the wallet of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When

from modelstate.queries import PastState, state_at
from queue_app.models import ENDED_AT, OPEN, OVER, QueueEvent, QueueItem
from queue_app.states import ItemEvent, Status
from wallet.queries.past import PastBalance, balance_at, check_past

OWNING = (ItemEvent.ASSIGN, ItemEvent.RELEASE)
PLACING = (ItemEvent.ENQUEUE, ItemEvent.ASSIGN, ItemEvent.REQUEUE)


@dataclass(frozen=True, slots=True)
class PastItem:
    """An item that waited or ran then."""

    id: UUID
    hold_id: UUID
    title: str
    tokens: int
    status: Status


@dataclass(frozen=True, slots=True)
class Past:
    """What an account had and did at an instant; `state` is None for who does not perform."""

    owner_id: UUID
    at: datetime
    balance: PastBalance
    state: PastState | None
    items: tuple[PastItem, ...]


def past_of(owner_id: UUID, at: datetime, *, performs: bool) -> Past:
    """As it was. Raises ValidationFailed for an instant that has not come. Two statements, five for a performer."""
    check_past(at)
    return Past(
        owner_id=owner_id,
        at=at,
        balance=balance_at(owner_id, at),
        state=state_at(owner_id, at) if performs else None,
        items=items_at(owner_id, at) if performs else (),
    )


def items_at(performer_id: UUID, at: datetime) -> tuple[PastItem, ...]:
    """What was paid for her and had not ended then, in the order of then. One statement.

    What was for whoever is next is in her queue from the step that gave it to her to the one that took it away. While
    one waits she is given no other, so that of those that others have now only the last one can have been hers.
    """
    last_given = QueueEvent.objects.filter(event=ItemEvent.ASSIGN, actor_id=performer_id, at__lte=at).order_by("-at")
    open_then = _open_at(at).filter(Q(next_available=False, performer_id=performer_id) | Q(given_to=performer_id))
    hers, given = open_then.filter(performer_id=performer_id), open_then.filter(pk=last_given.values("item_id")[:1])
    found = sorted(hers.union(given), key=lambda item: item.placed_at)
    return tuple(PastItem(item.pk, item.hold_id, item.title, item.tokens, _status(item, at)) for item in found)


def _open_at(at: datetime) -> QuerySet[Any]:
    """Items that had not ended then, with when each took its place and whose it was by the last step about that."""
    steps = QueueEvent.objects.filter(item_id=OuterRef("pk"), at__lte=at).order_by("-version")
    owned, placed = steps.filter(event__in=OWNING), steps.filter(event__in=PLACING)
    owner = Case(When(event=ItemEvent.ASSIGN, then="actor_id"))
    return (
        QueueItem.objects.alias(ended_at=ENDED_AT)
        .annotate(
            placed_at=Subquery(placed.values("at")[:1]), given_to=Subquery(owned.annotate(to=owner).values("to")[:1])
        )
        .filter(OPEN | OVER & Q(ended_at__gt=at), created_at__lte=at)
    )


def _status(item: QueueItem, at: datetime) -> Status:
    return Status.STARTED if item.started_at is not None and item.started_at <= at else Status.CREATED
