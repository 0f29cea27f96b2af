"""Corrections by hand: one proposes, others agree, the last of them books. NotFound for who is not of the staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from adjustments import policies
from adjustments.queries import may_approve_large
from audit.services import record
from core.actors import Actor
from core.exceptions import NotFound
from core.sql import call
from notices.events import announce
from wallet.events import balance_changed


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction after a step: how many people have agreed, and the transfer where it is booked."""

    id: UUID
    status: str
    people: int
    people_needed: int
    transfer_id: UUID | None


def propose(
    *, by: Actor, owner_id: UUID, bucket: str, direction: str, tokens: int, ticket: str, reason: str, key: str
) -> Corrected:
    """Propose a correction, once by key; up to 100 tokens it is booked at once (policies.py says what counts).

    Raises ValidationFailed by field, NotFound where the owner has no such wallet, CannotAdjustOwnWallet, and what a
    booking is refused with: InsufficientBalance, AccountClosed, BalanceLimitExceeded.
    """
    ticket, reason = ticket.strip(), reason.strip()
    policies.check_proposal(bucket=bucket, direction=direction, tokens=tokens, ticket=ticket, reason=reason)
    return _step(
        "propose",
        by,
        key=key,
        owner=owner_id,
        bucket=bucket,
        direction=direction,
        tokens=tokens,
        ticket=ticket,
        reason=reason,
    )


def approve(*, by: Actor, adjustment_id: UUID, reason: str) -> Corrected:
    """Agree; who completes the count books it in the same transaction.

    Raises NotFound, AlreadyDecided, CannotApproveTwice, CannotAdjustOwnWallet, PermissionDenied where a large one still
    lacks somebody with the permission, and what a booking is refused with.
    """
    return _step("approve", by, adjustment=adjustment_id, large=may_approve_large(by), reason=reason)


def reject(*, by: Actor, adjustment_id: UUID, reason: str) -> Corrected:
    """Say no, for good; who proposed it may take it back so.

    Raises NotFound, AlreadyDecided, CannotAdjustOwnWallet.
    """
    return _step("reject", by, adjustment=adjustment_id, reason=reason)


def _step(verb: str, by: Actor, *, reason: str, **params: object) -> Corrected:
    if by.kind != "staff":
        raise NotFound()
    with transaction.atomic():
        answer = call(f"adjustments_{verb}", actor=by.id, reason=reason, **params)
        if "replayed" not in answer:
            _audit(verb, by, answer, reason)
        _announce(answer)
    transfer = answer["transfer_id"]
    return Corrected(
        id=UUID(answer["id"]),
        status=answer["status"],
        people=answer["people"],
        people_needed=answer["people_needed"],
        transfer_id=UUID(transfer) if transfer else None,
    )


def _audit(verb: str, by: Actor, answer: dict[str, Any], reason: str) -> None:
    facts = ("bucket", "direction", "tokens", "ticket", "status", "people_needed")
    record(
        by=by,
        action=f"adjustment.{verb}",
        target_type="adjustments.adjustment",
        target_id=answer["id"],
        after={name: answer[name] for name in facts},
        reason=reason,
    )


def _announce(answer: dict[str, Any]) -> None:
    if answer["moved"] is not None:
        balance_changed(UUID(answer["owner_id"]), answer["moved"]["version"])
        announce(answer["moved"].get("notices") or [])
