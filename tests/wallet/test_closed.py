"""Closed and full wallets: what only the owner of the tables can bring about, each on a clone of its own."""

from __future__ import annotations

from uuid import UUID

import pytest

from core.actors import SYSTEM
from tests import factories
from tests.support.database import Connection
from tests.wallet.support import assert_ledger_holds, buckets, hold, key, settled, viewer_with
from wallet import services, settlement
from wallet.exceptions import AccountClosed, BalanceLimitExceeded


def close(owner_connection: Connection, owner_id: UUID) -> None:
    owner_connection.execute("UPDATE wallet_account SET closed_at = now() WHERE owner_id = %s", [owner_id])


def test_a_closed_wallet_is_neither_credited_nor_spent_from(owner_connection: Connection) -> None:
    viewer, performer = viewer_with(10), factories.performer()
    close(owner_connection, viewer.pk)

    with pytest.raises(AccountClosed):
        services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=5, key=key())
    with pytest.raises(AccountClosed):
        hold(viewer, performer, 5)
    assert buckets(viewer.pk) == (10, 0, 0)
    assert_ledger_holds()


def test_a_closed_performer_is_not_paid_but_the_hold_can_be_given_back(owner_connection: Connection) -> None:
    viewer, performer = viewer_with(10), factories.performer()
    held, refused = hold(viewer, performer, 10), key()
    close(owner_connection, performer.pk)

    for _ in range(2):
        with pytest.raises(AccountClosed):
            settlement.settle_hold(by=SYSTEM, hold_id=held.id, key=refused)
    settlement.refund_hold(by=SYSTEM, hold_id=held.id, reason="technical_error", key=key())

    assert buckets(viewer.pk) == (10, 0, 0)
    assert_ledger_holds()


@pytest.mark.parametrize("side", ["viewer", "performer"])
def test_nothing_is_reversed_into_or_out_of_a_closed_account(owner_connection: Connection, side: str) -> None:
    viewer, performer = viewer_with(10), factories.performer()
    done = settled(viewer, performer, 10)
    close(owner_connection, {"viewer": viewer.pk, "performer": performer.pk}[side])

    with pytest.raises(AccountClosed):
        services.reverse_transfer(by=SYSTEM, transfer_id=done.transfer_id, reason="mistake", key=key())
    assert buckets(performer.pk) == (0, 0, 10)


def test_a_credit_to_a_closed_wallet_is_not_reversed(owner_connection: Connection) -> None:
    viewer = factories.viewer()
    funding = services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=10, key=key())
    close(owner_connection, viewer.pk)

    with pytest.raises(AccountClosed):
        services.reverse_transfer(by=SYSTEM, transfer_id=funding.id, reason="chargeback", key=key())


def test_a_wallet_is_full_long_before_the_column_is(owner_connection: Connection) -> None:
    viewer, performer = viewer_with(10), factories.performer()
    held = hold(viewer, performer, 10)
    owner_connection.execute(
        "UPDATE wallet_account SET balance = 1000000000000000 - 15, version = version + 1"
        " WHERE owner_id = %s AND kind = 'available'",
        [viewer.pk],
    )

    with pytest.raises(BalanceLimitExceeded):
        services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=6, key=key())
    services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=5, key=key())
    settlement.refund_hold(by=SYSTEM, hold_id=held.id, reason="timeout", key=key())

    assert buckets(viewer.pk) == (10**15, 0, 0)
