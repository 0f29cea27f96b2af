"""What may be done with tokens by everybody but the queue (see settlement.py for its part)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction

from audit.services import record
from core.actors import Actor
from notices.events import announce
from wallet import ledger
from wallet.events import balance_changed
from wallet.ledger import Checkpoint, Funding, PlacedHold, PrizeMove, Reversal

BITE = 5000


def open_accounts(*, owner_id: UUID) -> int:
    """Open the accounts of a viewer or performer ahead of her first movement; how many were missing."""
    return ledger.open_accounts(owner_id)


def fund(*, by: Actor, owner_id: UUID, tokens: int, key: str, external_id: str = "") -> Funding:
    """Credit a viewer's wallet, once by key and once by `external_id`, the payment's own id.

    Raises NotFound, CannotAdjustOwnWallet, AccountClosed, DuplicateTransaction, BalanceLimitExceeded, DuplicateKey,
    ValidationFailed.
    """
    funding = ledger.fund(by=by, owner_id=owner_id, tokens=tokens, key=key, external_id=external_id)
    balance_changed(owner_id, funding.version)
    announce(funding.notices)
    return funding


def place_hold(
    *,
    by: Actor,
    viewer_id: UUID,
    performer_id: UUID | None,
    tokens: int,
    key: str,
    expires_seconds: int | None = None,
) -> PlacedHold:
    """Set a viewer's tokens aside for a performer, or for whoever will be next (None).

    Raises InsufficientBalance (remembered under the key), AccountClosed, PerformerNotFound, DuplicateKey.
    """
    hold = ledger.place_hold(
        by=by,
        viewer_id=viewer_id,
        performer_id=performer_id,
        tokens=tokens,
        key=key,
        expires_seconds=settings.HOLD_SECONDS if expires_seconds is None else expires_seconds,
    )
    balance_changed(viewer_id, hold.version)
    return hold


def reverse_transfer(*, by: Actor, transfer_id: UUID, reason: str, key: str) -> Reversal:
    """Undo a settlement or a credit by a transfer of its own, once.

    What a performer no longer has of it is booked to her receivable. Raises NotFound, CannotReverseTransfer,
    CannotAdjustOwnWallet (either side is the own one), InsufficientBalance (a credit that is
    spent), AccountClosed, DuplicateKey.
    """
    reversal = ledger.reverse_transfer(by=by, transfer_id=transfer_id, reason=reason, key=key)
    balance_changed(reversal.viewer_id, reversal.version)
    if reversal.performer_id is not None:
        balance_changed(reversal.performer_id)
    return reversal


def fund_prizes(*, by: Actor, tokens: int, reason: str, key: str) -> PrizeMove:
    """Fill the prize fund from the house, the same into every slice, audited. Raises ValidationFailed, DuplicateKey."""
    return _move_prizes(by, tokens, reason, key, "prizes.funded")


def take_prizes(*, by: Actor, tokens: int, reason: str, key: str) -> PrizeMove:
    """Take a surplus of the prize fund back to the house, audited.

    Raises InsufficientBalance where the fund holds less, ValidationFailed, DuplicateKey.
    """
    return _move_prizes(by, -tokens, reason, key, "prizes.taken")


def _move_prizes(by: Actor, tokens: int, reason: str, key: str, action: str) -> PrizeMove:
    with transaction.atomic():
        moved = ledger.move_prizes(by=by, tokens=tokens, reason=reason, key=key)
        if moved.fresh:
            record(
                by=by,
                action=action,
                target_type="wallet.prizes",
                target_id=str(moved.id),
                after={"tokens": abs(tokens)},
                reason=reason,
            )
    return moved


def expire_due_holds(*, limit: int = 500) -> int:
    """Refund holds whose time is over, one transaction each; how many there were."""
    for count in range(limit):
        hold = ledger.expire_hold()
        if hold is None:
            return count
        balance_changed(hold.viewer_id, hold.version)
    return limit


def checkpoint_summed_accounts() -> Checkpoint:
    """Move the checkpoints of earned, receivable and house up, so that their sums stay short."""
    return ledger.checkpoint()


def forget_old_refusals() -> int:
    """Forget what was refused more than 30 days ago, in small bites; how many rows. Whatever moved tokens is kept."""
    gone, read = 0, BITE
    while read == BITE:
        read, forgotten = ledger.forget_refusals(limit=BITE)
        gone += forgotten
    return gone
