"""Where the tokens of one hold went: set aside, booked, paid or given back, and corrected where they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from core.actors import Actor
from core.exceptions import NotFound
from wallet.hooks import Booking, BookingStep, booking_of
from wallet.models import Hold, Transfer
from wallet.states import TransferCode
from wallet.words import kind_words

#: What a booking is that was paid; a step that leaves it so corrects the payment.
FINISHED = "finished"
WALLET, QUEUE = "wallet", "queue"
OWED = (TransferCode.SHORTFALL, TransferCode.REPAYMENT)
SIDES = ("code", "amount", "debit_account__kind", "credit_account__kind", "reason", "created_at")


@dataclass(frozen=True, slots=True)
class TraceStep:
    """A movement of the wallet (between accounts) or a step of the queue (between statuses).

    `by` says who took a step of the queue: viewer, performer, staff or system; movements are the ledger's own.
    """

    at: datetime
    part: str
    event: str
    words: str
    tokens: int | None
    source: str
    target: str
    by: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Trace:
    """A hold from its beginning to its end; `reversed` is what was taken back of it afterwards."""

    hold_id: UUID
    viewer_id: UUID
    performer_id: UUID | None
    queue_item_id: UUID | None
    title: str
    state: str
    tokens: int
    settled: int
    refunded: int
    reversed: int
    created_at: datetime
    resolved_at: datetime | None
    expires_at: datetime | None
    steps: tuple[TraceStep, ...]


def trace_for(by: Actor, hold_id: UUID) -> Trace:
    """The story of a hold, for its viewer, its performer and staff; raises NotFound for everybody else.

    Two statements and the booking's own.
    """
    holds = Hold.objects.filter(pk=hold_id)
    if not by.is_staff:
        holds = holds.filter(Q(viewer_id=by.id) | Q(performer_id=by.id))
    hold = holds.first()
    if hold is None:
        raise NotFound()
    return _told(hold, _movements(hold_id, hers=by.is_staff or by.id == hold.performer_id), booking_of(hold_id))


def _movements(hold_id: UUID, *, hers: bool) -> list[TraceStep]:
    """What moved; what a performer owes after a correction is no viewer's business."""
    moved = Transfer.objects.filter(hold_id=hold_id).order_by("created_at", "id")
    rows = (moved if hers else moved.exclude(code__in=OWED)).values_list(*SIDES)
    return [
        TraceStep(at, WALLET, code, kind_words(code), tokens, source, target, None, reason)
        for code, tokens, source, target, reason, at in rows
    ]


def _told(hold: Hold, moves: list[TraceStep], booking: Booking | None) -> Trace:
    """The order is that of cause and effect: a statement that waited may be dated before what it waited for."""
    placed = [move for move in moves if move.event == TransferCode.HOLD]
    ended = [move for move in moves if move.event in (TransferCode.SETTLE, TransferCode.REFUND)]
    corrected = [move for move in moves if move not in placed and move not in ended]
    booked = [_booked(hold, step) for step in booking.steps] if booking else []
    undone = [step for step in booked if step.source == step.target == FINISHED]
    booked = [step for step in booked if step not in undone]
    return Trace(
        hold_id=hold.pk,
        viewer_id=hold.viewer_id,
        performer_id=hold.performer_id,
        queue_item_id=booking.id if booking else None,
        title=booking.title if booking else "",
        state=hold.state,
        tokens=hold.amount,
        settled=hold.settled_amount,
        refunded=sum(move.tokens or 0 for move in ended if move.event == TransferCode.REFUND),
        reversed=sum(move.tokens or 0 for move in corrected if move.event == TransferCode.REVERSAL),
        created_at=hold.created_at,
        resolved_at=hold.resolved_at,
        expires_at=hold.expires_at,
        steps=(*placed, *booked, *ended, *undone, *corrected),
    )


def _booked(hold: Hold, step: BookingStep) -> TraceStep:
    return TraceStep(
        at=step.at,
        part=QUEUE,
        event=step.event,
        words=step.words,
        tokens=None,
        source=step.status_before,
        target=step.status_after,
        by=_who(hold, step.actor_id),
        reason=step.reason,
    )


def _who(hold: Hold, actor_id: UUID | None) -> str:
    if actor_id is None:
        return "system"
    return {hold.viewer_id: "viewer", hold.performer_id: "performer"}.get(actor_id, "staff")
