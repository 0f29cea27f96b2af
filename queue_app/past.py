"""A performer at an instant of the past: her state and what was paid for her, beside the wallet of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from modelstate.queries import PastState, state_at
from queue_app.models import ENDED_AT, OPEN, OVER, QueueItem
from queue_app.states import Status
from wallet.queries.past import PastBalance, balance_at, check_past


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
    """What was paid for her and had not ended then, in order."""
    ended_later = QueueItem.objects.alias(ended_at=ENDED_AT).filter(OPEN | OVER & Q(ended_at__gt=at))
    open_then = ended_later.filter(performer_id=performer_id, created_at__lte=at).order_by("sequence")
    return tuple(PastItem(item.pk, item.hold_id, item.title, item.tokens, _status(item, at)) for item in open_then)


def _status(item: QueueItem, at: datetime) -> Status:
    return Status.STARTED if item.started_at is not None and item.started_at <= at else Status.CREATED
