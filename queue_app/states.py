"""The life of a queue item, as one table.

The database holds the same table (`queue_app_transition`, written by migration); a test compares the two.
The diagram in docs/reference/queue-items.md is generated from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import TextChoices


class Status(TextChoices):
    """Where an item is in its life."""

    CREATED = "created"
    STARTED = "started"
    FINISHED = "finished"
    ABANDONED = "abandoned"
    REFUNDED = "refunded"


class ItemEvent(TextChoices):
    """What moves an item. `enqueue` brings it into being; `pass_through` ends it in the same breath.

    `assign` gives an item for whoever is next to a performer, `release` takes it from her before the start. `reverse`
    takes a settlement back and leaves the status as it is.
    """

    ENQUEUE = "enqueue"
    PASS_THROUGH = "pass_through"  # noqa: S105 - an event, no password
    ASSIGN = "assign"
    RELEASE = "release"
    START = "start"
    FINISH = "finish"
    ABANDON = "abandon"
    REFUND = "refund"
    CANCEL = "cancel"
    REVERSE = "reverse"


class RefundReason(TextChoices):
    """Why tokens went back. `partial_performance` belongs to a finished item."""

    PERFORMER_DISCONNECTED = "performer_disconnected"
    PERFORMER_DECLINED = "performer_declined"
    USER_CANCELLED = "user_cancelled"
    TIMEOUT = "timeout"
    TECHNICAL_ERROR = "technical_error"
    ADMIN_REFUND = "admin_refund"
    PARTIAL_PERFORMANCE = "partial_performance"


class Mode(TextChoices):
    """Whether paid items wait for the performer, or pass through settled at once."""

    ON = "ON"
    OFF = "OFF"


ACTIVE = frozenset({Status.CREATED, Status.STARTED})
MAX_DEPTH = 50
MAX_UNASSIGNED = 50
MAX_DURATION_SECONDS = 3600
DEFAULT_DURATION_SECONDS = 60

TRANSITIONS: Mapping[ItemEvent, Mapping[Status, Status]] = {
    ItemEvent.PASS_THROUGH: {Status.CREATED: Status.FINISHED},
    ItemEvent.ASSIGN: {Status.CREATED: Status.CREATED},
    ItemEvent.RELEASE: {Status.CREATED: Status.CREATED},
    ItemEvent.START: {Status.CREATED: Status.STARTED},
    ItemEvent.FINISH: {Status.STARTED: Status.FINISHED},
    ItemEvent.ABANDON: {Status.CREATED: Status.ABANDONED, Status.STARTED: Status.ABANDONED},
    ItemEvent.REFUND: {
        Status.CREATED: Status.REFUNDED,
        Status.STARTED: Status.REFUNDED,
        Status.ABANDONED: Status.REFUNDED,
    },
    ItemEvent.CANCEL: {Status.CREATED: Status.REFUNDED},
    ItemEvent.REVERSE: {Status.FINISHED: Status.FINISHED},
}


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix: where an event leads from a status; None where it is refused."""

    event: ItemEvent
    from_status: Status
    to_status: Status | None


def cell(event: ItemEvent, status: Status) -> Cell:
    """What `event` does to an item in `status`."""
    return Cell(event, status, TRANSITIONS[event].get(status))


def matrix() -> Iterator[Cell]:
    """Every event in every status: the rows of `queue_app_transition`."""
    return (cell(event, status) for event in TRANSITIONS for status in Status)
