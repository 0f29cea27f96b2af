"""Wallets for tests, filled by the ledger's own means."""

from __future__ import annotations

from itertools import count
from uuid import UUID

from django.db import connection

from accounts.models import Performer, Viewer
from core.actors import SYSTEM
from tests import factories
from wallet import services, settlement
from wallet.invariants import findings
from wallet.ledger import PlacedHold, ResolvedHold
from wallet.models import Account
from wallet.queries import balance_of
from wallet.states import AccountKind

_number = count(1)


def key() -> str:
    """A key nobody has used."""
    return f"key-{next(_number)}"


def viewer_with(tokens: int) -> Viewer:
    """A viewer with this much available."""
    viewer = factories.viewer()
    if tokens:
        services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=tokens, key=key())
    return viewer


def hold(viewer: Viewer, performer: Performer | None, tokens: int) -> PlacedHold:
    """Set the viewer's tokens aside."""
    return services.place_hold(
        by=factories.actor(viewer),
        viewer_id=viewer.pk,
        performer_id=performer.pk if performer else None,
        tokens=tokens,
        key=key(),
    )


def settled(viewer: Viewer, performer: Performer, tokens: int) -> ResolvedHold:
    """A hold that was paid out."""
    return settlement.settle_hold(by=SYSTEM, hold_id=hold(viewer, performer, tokens).id, key=key())


def buckets(owner_id: UUID) -> tuple[int, int, int]:
    """Available, escrow, earned."""
    balance = balance_of(owner_id)
    return balance.available, balance.escrow, balance.earned


def tokens_in(kind: AccountKind, owner_id: UUID | None = None) -> int:
    """What lies in a summed account."""
    account = Account.objects.get(kind=kind, owner_id=owner_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT wallet_summed_balance(%s)", [account.pk])
        return int(cursor.fetchone()[0])


def assert_ledger_holds() -> None:
    """Every invariant but those that need a worker, with the rows that break it in the failure's text."""
    broken = {finding.invariant.says: finding.broken for finding in findings(timely=False) if finding.broken}
    assert broken == {}
