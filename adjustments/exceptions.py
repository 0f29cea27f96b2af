"""Refusals of corrections by hand."""

from __future__ import annotations

from core.exceptions import DomainError, DuplicateKey, ValidationFailed


class CannotApproveTwice(DomainError):
    """All who decide are different people; who proposed is the first of them."""

    code = "CANNOT_APPROVE_TWICE"
    status = 409
    title = "Somebody else has to"
    default = "You have proposed or approved this already. Another member of the staff has to go on."
    constraints = ("adjustments_different_people",)


class ProposedAlready(DuplicateKey):
    """The same key proposed another correction."""

    constraints = ("adjustments_proposed_once",)


class TicketMissing(ValidationFailed):
    """The database's own word for a correction without ticket or reason."""

    constraints = ("adjustments_ticket_and_reason",)
