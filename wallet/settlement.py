"""Settling and refunding holds. Only the queue decides that (an import contract), so only `queue_app` imports this."""

from __future__ import annotations

from uuid import UUID

from core.actors import Actor
from wallet import ledger
from wallet.events import balance_changed
from wallet.ledger import ResolvedHold


def settle_hold(*, by: Actor, hold_id: UUID, tokens: int | None = None, key: str) -> ResolvedHold:
    """Pay a hold out to its performer; of a part, the rest goes back to the viewer in the same statement.

    Raises EscrowNotFound, EscrowAlreadyProcessed, PerformerNotFound, AccountClosed, ValidationFailed, DuplicateKey.
    """
    return _announced(ledger.settle_hold(by=by, hold_id=hold_id, tokens=tokens, key=key))


def refund_hold(*, by: Actor, hold_id: UUID, tokens: int | None = None, reason: str, key: str) -> ResolvedHold:
    """Give a hold back to its viewer; of a part, the rest is paid to the performer in the same statement.

    Raises as `settle_hold` does.
    """
    return _announced(ledger.refund_hold(by=by, hold_id=hold_id, tokens=tokens, reason=reason, key=key))


def _announced(hold: ResolvedHold) -> ResolvedHold:
    balance_changed(hold.viewer_id, hold.version)
    if hold.settled and hold.performer_id is not None:
        balance_changed(hold.performer_id)
    return hold
