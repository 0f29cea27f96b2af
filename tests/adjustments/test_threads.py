"""Corrections under threads, and what the tables refuse to their owner."""

from __future__ import annotations

import pytest

from accounts.models import User
from adjustments.invariants import BOOKED_ARE_TRANSFERS
from adjustments.models import Adjustment
from adjustments.services import Corrected
from tests import factories
from tests.adjustments.support import approve, holder, propose
from tests.support.database import Connection
from tests.support.threads import connections_for, refusals, together
from tests.wallet.support import assert_ledger_holds, buckets, key, settled, viewer_with
from wallet.invariants import findings
from wallet.models import Account, Transfer
from wallet.services import reverse_transfer

pytestmark = pytest.mark.threads


def test_eight_who_approve_at_once_book_once(database_clone: str) -> None:
    viewer = viewer_with(0)
    made, people = propose(factories.staff(), viewer, 400), [factories.staff() for _ in range(8)]

    def word(person: User) -> Corrected:
        return approve(person, made.id)

    with connections_for(8):
        outcomes = together([lambda person=person: word(person) for person in people])  # type: ignore[misc]  # bound now
    assert refusals(outcomes) == ["ALREADY_DECIDED"] * 7
    assert buckets(viewer.pk) == (400, 0, 0)
    assert Transfer.objects.filter(code="adjust").count() == 1
    assert_ledger_holds()


def test_one_person_who_approves_in_eight_windows_counts_once(database_clone: str) -> None:
    viewer, person = viewer_with(0), holder()
    made = propose(factories.staff(), viewer, 600)
    with connections_for(8):
        outcomes = together([lambda: approve(person, made.id)] * 8)
    assert refusals(outcomes) == ["CANNOT_APPROVE_TWICE"] * 7
    assert Adjustment.objects.get(pk=made.id).status == "proposed"


def test_slices_proposed_at_once_are_all_counted(database_clone: str) -> None:
    viewer, staff = viewer_with(0), factories.staff()
    with connections_for(8):
        together([lambda: propose(staff, viewer, 100)] * 8)
    needed = sorted(Adjustment.objects.values_list("people_needed", flat=True))
    assert needed == [1, 2, 2, 2, 2, 3, 3, 3]
    assert buckets(viewer.pk) == (100, 0, 0)


def test_debits_at_once_never_overdraw(database_clone: str) -> None:
    performer = factories.performer()
    settled(viewer_with(250), performer, 250)
    with connections_for(8):
        outcomes = together([lambda: propose(factories.staff(), performer, 100, direction="debit")] * 8)
    assert refusals(outcomes) == ["INSUFFICIENT_BALANCE"] * 6
    assert buckets(performer.pk) == (0, 0, 50)
    assert_ledger_holds()


def test_a_debit_and_a_reversal_of_the_same_earnings_take_them_once(database_clone: str) -> None:
    viewer, performer = viewer_with(100), factories.performer()
    done = settled(viewer, performer, 100)
    staff = factories.staff()
    with connections_for(8):
        together(
            [
                lambda: propose(staff, performer, 100, direction="debit"),
                lambda: reverse_transfer(
                    by=factories.actor(staff), transfer_id=done.transfer_id, reason="mistake", key=key()
                ),
            ]
        )
    assert (buckets(viewer.pk)[0], buckets(performer.pk)[2]) == (100, 0)
    assert_ledger_holds()


def test_a_closed_wallet_is_not_corrected(owner_connection: Connection) -> None:
    viewer = viewer_with(5)
    owner_connection.execute("UPDATE wallet_account SET closed_at = now() WHERE owner_id = %s", [viewer.pk])
    outcomes = together([lambda: propose(factories.staff(), viewer, 5, direction="debit")])
    assert refusals(outcomes) == ["ACCOUNT_CLOSED"]
    assert Account.objects.filter(owner_id=viewer.pk, kind="available", balance=5).exists()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE adjustments_adjustment SET tokens = 1",
        "UPDATE adjustments_adjustment SET status = 'rejected', transfer_id = NULL",
        "DELETE FROM adjustments_decision",
        "UPDATE adjustments_decision SET verb = 'reject'",
        "TRUNCATE adjustments_adjustment CASCADE",
    ],
)
def test_not_even_the_owner_of_the_tables_rewrites_what_was_decided(owner_connection: Connection, change: str) -> None:
    propose(factories.staff(), viewer_with(0), 5)
    with pytest.raises(Exception, match=r"append-only|decided once"):
        owner_connection.execute(change)


def test_a_movement_without_its_correction_breaks_the_books(owner_connection: Connection) -> None:
    viewer = viewer_with(100)
    owner_connection.execute(
        "SELECT wallet_adjust(NULL, 'k', %s, 'available', 'credit', 10, 'by the back door')", [viewer.pk]
    )
    broken = [finding.invariant for finding in findings() if finding.broken]
    assert broken == [BOOKED_ARE_TRANSFERS]
