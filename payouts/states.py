"""The life of a payout, as one table.

The database holds the same table (`payouts_transition`, written by migration); a test compares the two. The first of
two approvals (`endorse`) leaves the payout where it is. The diagram in docs/reference/payouts.md is generated from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import TextChoices


class Status(TextChoices):
    """Where a payout is in its life."""

    REQUESTED = "requested", "Requested"
    APPROVED = "approved", "Approved"
    SENT = "sent", "Sent"
    PAID = "paid", "Paid"
    REJECTED = "rejected", "Rejected"
    FAILED = "failed", "Failed"


class PayoutEvent(TextChoices):
    """What moves a payout. `request` brings it into being."""

    REQUEST = "request"
    ENDORSE = "endorse"
    APPROVE = "approve"
    REJECT = "reject"
    SEND = "send"
    PAY = "pay"
    FAIL = "fail"


class VerificationStatus(TextChoices):
    """What became of a performer's wish to be verified."""

    PENDING = "pending", "Waiting for staff"
    APPROVED = "approved", "Verified"
    REJECTED = "rejected", "Not verified"
    WITHDRAWN = "withdrawn", "Withdrawn by staff"


#: Attempts to ask for a payout, refused ones too, within so many seconds.
REQUESTS = 3
REQUEST_WINDOW_SECONDS = 24 * 3600

OPEN = frozenset({Status.REQUESTED, Status.APPROVED, Status.SENT})

TRANSITIONS: Mapping[PayoutEvent, Mapping[Status, Status]] = {
    PayoutEvent.ENDORSE: {Status.REQUESTED: Status.REQUESTED},
    PayoutEvent.APPROVE: {Status.REQUESTED: Status.APPROVED},
    PayoutEvent.REJECT: {Status.REQUESTED: Status.REJECTED, Status.APPROVED: Status.REJECTED},
    PayoutEvent.SEND: {Status.APPROVED: Status.SENT},
    PayoutEvent.PAY: {Status.SENT: Status.PAID},
    PayoutEvent.FAIL: {Status.SENT: Status.FAILED},
}


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix: where an event leads from a status; None where it is refused."""

    event: PayoutEvent
    from_status: Status
    to_status: Status | None


def matrix() -> Iterator[Cell]:
    """Every event in every status: the rows of `payouts_transition`."""
    return (Cell(event, status, TRANSITIONS[event].get(status)) for event in TRANSITIONS for status in Status)
