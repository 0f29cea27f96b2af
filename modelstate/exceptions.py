"""Refusals of the state machine, with words that a button's tooltip can show."""

from __future__ import annotations

from collections.abc import Mapping

from core.exceptions import DomainError

#: (event, state) → words, for the refusals that share the code INVALID_STATE_TRANSITION.
REASONS: dict[tuple[str, str], str] = {
    ("start_stream", "OFFLINE"): "Sign in first.",
    ("start_stream", "IN_QUEUE"): "Leave the queue first.",
    ("start_stream", "PERFORMING"): "Finish the performance first.",
    ("start_stream", "STREAMING"): "The stream is already on.",
    ("start_stream", "STREAM_IN_QUEUE"): "The stream is already on.",
    ("start_stream", "STREAM_PERFORMING"): "The stream is already on.",
    ("stop_stream", "OFFLINE"): "The stream is not on.",
    ("stop_stream", "IDLE"): "The stream is not on.",
    ("stop_stream", "IN_QUEUE"): "The stream is not on.",
    ("stop_stream", "PERFORMING"): "The stream is not on.",
    ("join_queue", "OFFLINE"): "Sign in first.",
    ("join_queue", "IN_QUEUE"): "You are already in the queue.",
    ("join_queue", "STREAM_IN_QUEUE"): "You are already in the queue.",
    ("join_queue", "PERFORMING"): "Finish the performance first.",
    ("join_queue", "STREAM_PERFORMING"): "Finish the performance first.",
    ("leave_queue", "OFFLINE"): "You are not in the queue.",
    ("leave_queue", "IDLE"): "You are not in the queue.",
    ("leave_queue", "STREAMING"): "You are not in the queue.",
    ("performance_started", "OFFLINE"): "Sign in and join the queue first.",
    ("performance_started", "IDLE"): "Join the queue first.",
    ("performance_started", "STREAMING"): "Join the queue first.",
}


def explain(reasons: Mapping[tuple[str, str], str]) -> None:
    """Add another room's words for (event, state) pairs refused with INVALID_STATE_TRANSITION."""
    REASONS.update(reasons)


class InvalidStateTransition(DomainError):
    """The event makes no sense in the present state; details: event, state."""

    code = "INVALID_STATE_TRANSITION"
    status = 409
    title = "Not possible now"
    default = "This is not possible in the present state."
    constraints = ("modelstate_legal_steps_only", "modelstate_begins_offline")

    def __init__(self, message: str = "", **details: object) -> None:
        pair = (str(details.get("event")), str(details.get("state")))
        super().__init__(message or REASONS.get(pair, ""), **details)


class CannotLeaveDuringPerformance(DomainError):
    """She performs: the performance must be finished or abandoned before the queue is left."""

    code = "CANNOT_LEAVE_DURING_PERFORMANCE"
    status = 409
    title = "Performing"
    default = "Cannot leave queue during performance"


class CannotStopDuringPerformance(DomainError):
    """She performs on stream: the stream goes on until the performance has ended."""

    code = "CANNOT_STOP_DURING_PERFORMANCE"
    status = 409
    title = "Performing"
    default = "Cannot stop the stream during performance"


class CannotSignOutDuringPerformance(DomainError):
    """She performs: her last sign-in stays until the performance has ended."""

    code = "CANNOT_SIGN_OUT_DURING_PERFORMANCE"
    status = 409
    title = "Performing"
    default = "Cannot sign out during performance"


class AlreadyProcessing(DomainError):
    """One performance at a time."""

    code = "ALREADY_PROCESSING"
    status = 409
    title = "Performing"
    default = "Another performance is running. Finish or abandon it first."


class CannotStream(DomainError):
    """The broadcast settings are not fit to go on air."""

    code = "CANNOT_START_STREAM"
    status = 409
    title = "Not ready to stream"
    default = "Choose a camera or a microphone first."
