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
    takes a settlement back and leaves the status as it is. `requeue` puts a waiting item at the end.
    """

    ENQUEUE = "enqueue"
    PASS_THROUGH = "pass_through"  # noqa: S105 - an event, no password
    ASSIGN = "assign"
    RELEASE = "release"
    REQUEUE = "requeue"
    START = "start"
    FINISH = "finish"
    ABANDON = "abandon"
    REFUND = "refund"
    CANCEL = "cancel"
    REVERSE = "reverse"
    PAUSE = "pause"
    RESUME = "resume"
    WARN = "warn"


class Deadline(TextChoices):
    """What happens to an item when its `deadline_at` comes."""

    LIFETIME = "lifetime", "has waited too long: refunded"
    DURATION = "duration", "its booked time is over: warned"
    MAXIMUM = "maximum", "runs too long: abandoned"
    RETURN = "return", "paused, and she has not come back: abandoned"


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
#: Of one viewer's requests for whoever is next, until they are started or ended.
MAX_REQUESTS_EACH = 5
MAX_DURATION_SECONDS = 3600
DEFAULT_DURATION_SECONDS = 60

#: Limits in time, in seconds, as the product has decided; `settings.QUEUE_LIMITS` are this installation's.
LIMITS: Mapping[str, int] = {
    "start": 120,  # the head item of a performer in the line must be started
    "start_warning": 60,  # and this long after she was warned it is abandoned
    "rope_drop": 5,  # without a lease, a running item is paused
    "return": 120,  # and then abandoned
    "absence": 120,  # without a lease and not performing, she is OFFLINE
    "keep_place": 900,  # what waits for who is OFFLINE keeps its place
    "lifetime": 1800,  # what waits is refunded, or after twice the wait shown at purchase
    "viewer_absence": 60,  # where the item needs its viewer there
    "maximum": 3600,  # no performance lasts longer
    "retry": 60,  # an end that went wrong is not tried again before
}
#: Items whose metadata has this key with a true value are refunded when their viewer leaves before the start.
NEEDS_VIEWER = "presenceRequired"

TRANSITIONS: Mapping[ItemEvent, Mapping[Status, Status]] = {
    ItemEvent.PASS_THROUGH: {Status.CREATED: Status.FINISHED},
    ItemEvent.ASSIGN: {Status.CREATED: Status.CREATED},
    ItemEvent.RELEASE: {Status.CREATED: Status.CREATED},
    ItemEvent.REQUEUE: {Status.CREATED: Status.CREATED},
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
    ItemEvent.PAUSE: {Status.STARTED: Status.STARTED},
    ItemEvent.RESUME: {Status.STARTED: Status.STARTED},
    ItemEvent.WARN: {Status.STARTED: Status.STARTED},
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
