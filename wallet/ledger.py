"""The only door to the functions that write the ledger: one statement each, typed answers.

Without an open transaction each call is a transaction of its own; inside one it commits or vanishes with it. A refusal
is raised after the statement, so one that counts (402, 409) stays under its key where nothing rolls it back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from core.actors import Actor
from core.sql import call, call_value
from wallet.policies import check_seen_reason, check_text, check_tokens

log = structlog.get_logger(__name__)

Notices = tuple[dict[str, Any] | None, ...]


@dataclass(frozen=True, slots=True)
class Funding:
    """A credit, the wallet after it, and who was told of it now."""

    id: UUID
    available: int
    escrow: int
    version: int
    notices: Notices = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class PlacedHold:
    """A hold, and the wallet after it."""

    id: UUID
    transfer_id: UUID
    available: int
    escrow: int
    version: int


@dataclass(frozen=True, slots=True)
class ResolvedHold:
    """What became of a hold; `version` is the viewer's wallet's."""

    id: UUID
    transfer_id: UUID
    state: str
    settled: int
    refunded: int
    viewer_id: UUID
    performer_id: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class Reversal:
    """A correction; `shortfall` is what the performer no longer had and now owes."""

    id: UUID
    tokens: int
    shortfall: int
    viewer_id: UUID
    performer_id: UUID | None
    version: int


@dataclass(frozen=True, slots=True)
class PrizeMove:
    """A filling of the prize fund or a surplus taken from it; `fund` is what it holds then.

    `fresh` where it moved now, not by an earlier use of its key.
    """

    id: UUID
    fund: int
    fresh: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far the checkpoints reach now, and how many accounts moved."""

    horizon: int
    accounts: int


def open_accounts(owner_id: UUID) -> int:
    """Open what the owner's profiles call for; how many were missing. Raises NotFound without a profile."""
    return int(call("wallet_open_accounts", owner=owner_id)["opened"])


def fund(*, by: Actor, owner_id: UUID, tokens: int, key: str, external_id: str) -> Funding:
    """Credit a viewer. Raises NotFound, AccountClosed, DuplicateTransaction, BalanceLimitExceeded, DuplicateKey."""
    check_tokens(tokens)
    check_text(key, "idempotencyKey")
    check_text(external_id, "externalId")
    answer = call("wallet_fund", actor=by.id, key=key, owner=owner_id, tokens=tokens, external_id=external_id)
    return Funding(
        UUID(answer["transfer_id"]),
        answer["available"],
        answer["escrow"],
        answer["version"],
        tuple(answer.get("notices", ())),
    )


def place_hold(
    *, by: Actor, viewer_id: UUID, performer_id: UUID | None, tokens: int, key: str, expires_seconds: int
) -> PlacedHold:
    """Set tokens aside. Raises InsufficientBalance, AccountClosed, PerformerNotFound, DuplicateKey."""
    check_tokens(tokens)
    check_text(key, "idempotencyKey")
    answer = call(
        "wallet_place_hold",
        actor=by.id,
        key=key,
        viewer=viewer_id,
        performer=performer_id,
        tokens=tokens,
        expires_seconds=expires_seconds,
    )
    return PlacedHold(
        UUID(answer["hold_id"]),
        UUID(answer["transfer_id"]),
        answer["available"],
        answer["escrow"],
        answer["version"],
    )


def settle_hold(*, by: Actor, hold_id: UUID, tokens: int | None, key: str) -> ResolvedHold:
    """Pay out. Raises EscrowNotFound, EscrowAlreadyProcessed, PerformerNotFound, AccountClosed, ValidationFailed."""
    _check_part(tokens, key)
    return _resolved(call("wallet_settle_hold", actor=by.id, key=key, hold=hold_id, tokens=tokens))


def refund_hold(*, by: Actor, hold_id: UUID, tokens: int | None, reason: str, key: str) -> ResolvedHold:
    """Give back. Raises as `settle_hold` does."""
    _check_part(tokens, key)
    check_text(reason, "reason")
    return _resolved(call("wallet_refund_hold", actor=by.id, key=key, hold=hold_id, reason=reason, tokens=tokens))


def expire_hold() -> ResolvedHold | None:
    """Refund one hold whose time is over; None where none is due.

    What somebody is at work on is passed over; what goes wrong is logged, and passed over for a minute.
    """
    while (answer := call_value("wallet_expire_hold")) is not None and "failed" in answer:
        log.error("expiry.failed", hold=answer["hold_id"], error=answer["failed"])
    return None if answer is None else _resolved(answer)


def reverse_transfer(*, by: Actor, transfer_id: UUID, reason: str, key: str) -> Reversal:
    """Undo a settlement or a credit. Raises NotFound, CannotReverseTransfer, InsufficientBalance, AccountClosed."""
    check_text(key, "idempotencyKey")
    check_seen_reason(reason)
    answer = call("wallet_reverse_transfer", actor=by.id, key=key, transfer=transfer_id, reason=reason)
    return Reversal(
        UUID(answer["transfer_id"]),
        answer["tokens"],
        answer["shortfall"],
        UUID(answer["viewer_id"]),
        _maybe(answer["performer_id"]),
        answer["version"],
    )


def move_prizes(*, by: Actor, tokens: int, reason: str, key: str) -> PrizeMove:
    """Fill the prize fund, or with negative tokens take from it. Raises InsufficientBalance, DuplicateKey."""
    check_tokens(abs(tokens))
    check_text(key, "idempotencyKey")
    check_text(reason, "reason")
    answer = call("wallet_move_prizes", actor=by.id, key=key, tokens=tokens, reason=reason)
    return PrizeMove(UUID(answer["operation_id"]), answer["fund"], answer.get("fresh", False))


def checkpoint() -> Checkpoint:
    """Move the summed accounts' checkpoints up to the horizon."""
    answer = call("wallet_checkpoint")
    return Checkpoint(int(answer["horizon"]), answer["accounts"])


def forget_refusals(*, limit: int) -> tuple[int, int]:
    """Look at the next operations whose 30 days are over and forget the refusals; how many were read and forgotten."""
    answer = call("wallet_forget_refusals", limit=limit)
    return int(answer["read"]), int(answer["forgotten"])


def _check_part(tokens: int | None, key: str) -> None:
    check_text(key, "idempotencyKey")
    if tokens is not None:
        check_tokens(tokens)


def _resolved(answer: dict[str, Any]) -> ResolvedHold:
    return ResolvedHold(
        id=UUID(answer["hold_id"]),
        transfer_id=UUID(answer["transfer_id"]),
        state=answer["state"],
        settled=answer["settled"],
        refunded=answer["refunded"],
        viewer_id=UUID(answer["viewer_id"]),
        performer_id=_maybe(answer["performer_id"]),
        version=answer["version"],
    )


def _maybe(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)
