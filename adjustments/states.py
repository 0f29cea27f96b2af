"""The choices of a correction, and the steps of its life."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices


class Bucket(TextChoices):
    """Which of the owner's accounts."""

    AVAILABLE = "available", "A viewer's available tokens"
    EARNED = "earned", "A performer's earnings"


class Direction(TextChoices):
    """Which way the tokens go."""

    CREDIT = "credit", "Credit: from the house to the owner"
    DEBIT = "debit", "Debit: from the owner to the house"


class Status(TextChoices):
    """Where it stands."""

    PROPOSED = "proposed", "Waits for approval"
    BOOKED = "booked", "Booked"
    REJECTED = "rejected", "Rejected"


class Verb(TextChoices):
    """What somebody said to it."""

    PROPOSE = "propose", "proposed"
    APPROVE = "approve", "approved"
    REJECT = "reject", "rejected"


TRANSITIONS: Mapping[Status, frozenset[Status]] = {
    Status.PROPOSED: frozenset({Status.BOOKED, Status.REJECTED}),
    Status.BOOKED: frozenset(),
    Status.REJECTED: frozenset(),
}
