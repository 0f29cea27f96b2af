"""Refusals of the loyalty rooms."""

from __future__ import annotations

from core.exceptions import DomainError


class AlreadyLinked(DomainError):
    """The viewer, or the member, has an active link."""

    code = "ALREADY_LINKED"
    status = 409
    title = "Linked already"
    default = "This viewer or this member is linked already. Revoke that link first."
    constraints = ("loyalty_link_one_per_viewer", "loyalty_link_one_per_member")


class BadSignature(DomainError):
    """The webhook is not from whom it says, or too old."""

    code = "BAD_SIGNATURE"
    status = 401
    title = "Not signed"
    default = "The signature is missing, wrong or too old."


class EventReused(DomainError):
    """An event id came again with another body."""

    code = "EVENT_ID_REUSED"
    status = 409
    title = "Event id used already"
    default = "This event id came before with another body."
