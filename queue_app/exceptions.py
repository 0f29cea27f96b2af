"""Refusals of the queue, with words that a button's tooltip can show."""

from __future__ import annotations

from core.exceptions import DomainError, DuplicateKey
from modelstate import exceptions as state_exceptions

#: (event, status) → words, for what is refused with INVALID_STATE_TRANSITION.
REASONS: dict[tuple[str, str], str] = {
    ("start", "started"): "This performance is already running.",
    ("start", "finished"): "This performance is finished.",
    ("start", "refunded"): "This item was refunded.",
    ("finish", "created"): "Start the performance first.",
    ("finish", "finished"): "This performance is finished.",
    ("finish", "refunded"): "This item was refunded.",
    ("abandon", "finished"): "This performance is finished.",
    ("abandon", "refunded"): "This item was refunded.",
    ("refund", "finished"): "A finished performance is paid out; staff can reverse it.",
    ("refund", "refunded"): "This item was refunded.",
    ("cancel", "started"): "The performance has started.",
    ("cancel", "finished"): "This performance is finished.",
    ("cancel", "refunded"): "This item was refunded.",
    ("requeue", "created"): "This item waits for whoever is next: it stands in no queue yet.",
    ("requeue", "started"): "The performance is already running.",
    ("requeue", "finished"): "This performance is finished.",
    ("requeue", "refunded"): "This item was refunded.",
    ("reverse", "created"): "This item is not paid out: refund it.",
    ("reverse", "started"): "This item is not paid out: refund it.",
    ("reverse", "refunded"): "This item was refunded.",
}


class QueueFull(DomainError):
    """Fifty items wait or run already."""

    code = "QUEUE_FULL"
    status = 409
    title = "Queue full"
    default = "The queue is full. Try again later. Nothing was charged."
    constraints = ("queue_app_depth_within_limit",)


class PerformerUnavailable(DomainError):
    """She is offline."""

    code = "PERFORMER_UNAVAILABLE"
    status = 409
    title = "Not here"
    default = "The performer is offline. Nothing was charged."


class IntakePaused(DomainError):
    """The staff have stopped what comes to her queue."""

    code = "INTAKE_PAUSED"
    status = 409
    title = "Bookings are paused"
    default = "The performer takes no new bookings at the moment. Nothing was charged."


class OutOfOrder(DomainError):
    """First in, first out: only the head of the queue may start."""

    code = "CANNOT_START_OUT_OF_ORDER"
    status = 409
    title = "Not its turn"
    default = "Others have waited longer: start the first item of the queue."


class Unassigned(DomainError):
    """It waits for whoever is next."""

    code = "CANNOT_START_UNASSIGNED"
    status = 409
    title = "Nobody's yet"
    default = "No performer has taken this request yet."


class InvalidMode(DomainError):
    """Whether items wait or pass through is the performer's own setting."""

    code = "INVALID_MODE"
    status = 400
    title = "Not yours to choose"
    default = "The mode is a setting of the performer; it is not sent with a request."


class AlreadyProcessing(state_exceptions.AlreadyProcessing):
    """The same refusal, where the database itself finds a second running item."""

    constraints = ("queue_app_one_started",)


class InvalidItemTransition(state_exceptions.InvalidStateTransition):
    """The same refusal, where the database itself finds an illegal step."""

    constraints = ("queue_app_legal_steps_only", "queue_app_status_tells_the_truth")


class EventTaken(DuplicateKey):
    """The event of this feature is another item's already."""

    constraints = ("queue_app_one_item_an_event", "queue_app_queueitem_hold_id_key")
