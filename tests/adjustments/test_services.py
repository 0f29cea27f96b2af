"""Maker and checker: by amount one, two or three different people, and the ledger moves exactly once."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from adjustments.exceptions import CannotApproveTwice
from adjustments.models import Adjustment, Decision
from adjustments.policies import ALONE, BY_TWO, people_needed
from audit.models import AuditEntry
from core.exceptions import (
    AlreadyDecided,
    DuplicateKey,
    InsufficientBalance,
    NotFound,
    PermissionDenied,
    ValidationFailed,
)
from tests import factories
from tests.adjustments.support import approve, holder, propose, reject
from tests.payouts.support import debtor
from tests.wallet.support import assert_ledger_holds, buckets, hold, settled, viewer_with
from wallet.exceptions import CannotAdjustOwnWallet
from wallet.models import Transfer
from wallet.queries import balance_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("tokens", "people"), [(1, 1), (100, 1), (101, 2), (500, 2), (501, 3)])
def test_the_number_of_people_follows_the_amount(tokens: int, people: int) -> None:
    made = propose(factories.staff(), viewer_with(0), tokens)
    assert (made.people_needed, made.people) == (people, 1)
    assert made.status == ("booked" if people == 1 else "proposed")


def test_the_functions_count_as_the_policy_does() -> None:
    for tokens in (1, ALONE, ALONE + 1, BY_TWO, BY_TWO + 1, 10**9):
        with connection.cursor() as cursor:
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'adjustments_people_needed'")
            cursor.execute(cursor.fetchone()[0].replace("p_counted", "%(tokens)s"), {"tokens": tokens})
            assert cursor.fetchone() == (people_needed(tokens),)


def test_a_small_credit_is_booked_at_once() -> None:
    viewer, staff = viewer_with(50), factories.staff()
    made = propose(staff, viewer, 100, ticket="T-1", reason="lost in a crash")
    transfer = Transfer.objects.get(pk=str(made.transfer_id))
    assert (transfer.code, transfer.amount, transfer.reason) == ("adjust", 100, "lost in a crash")
    assert buckets(viewer.pk) == (150, 0, 0)
    assert_ledger_holds()


def test_a_debit_takes_what_is_there_and_no_more() -> None:
    viewer, staff = viewer_with(60), factories.staff()
    propose(staff, viewer, 60, direction="debit")
    with pytest.raises(InsufficientBalance) as refused:
        propose(staff, viewer, 1, direction="debit")
    assert refused.value.details == {"required": 1, "available": 0}
    assert Adjustment.objects.filter(owner_id=viewer.pk).count() == 1
    assert_ledger_holds()


def test_who_is_not_of_the_staff_corrects_nothing() -> None:
    viewer, performer = viewer_with(60), factories.performer()
    waiting = propose(factories.staff(), viewer, 101)
    with pytest.raises(NotFound):
        propose(performer, viewer, 1)
    for step in (approve, reject):
        with pytest.raises(NotFound):
            step(performer, waiting.id)
    assert (Adjustment.objects.get().status, buckets(viewer.pk)) == ("proposed", (60, 0, 0))


def test_held_tokens_are_not_there() -> None:
    viewer = viewer_with(60)
    hold(viewer, None, 50)
    with pytest.raises(InsufficientBalance):
        propose(factories.staff(), viewer, 11, direction="debit")


def test_of_earnings_only_what_is_not_owed_can_be_taken() -> None:
    performer = debtor(1_000)
    settled(viewer_with(1_030), performer, 1_030)
    with pytest.raises(InsufficientBalance) as refused:
        propose(factories.staff(), performer, 31, direction="debit")
    assert refused.value.details == {"required": 31, "available": 30}
    propose(factories.staff(), performer, 30, direction="debit")
    balance = balance_of(performer.pk)
    assert (balance.earned, balance.owed) == (0, 0)
    assert_ledger_holds()


def test_what_staff_credit_a_debtor_repays_her_debt() -> None:
    performer = debtor(1_000)
    propose(factories.staff(), performer, 90)
    balance = balance_of(performer.pk)
    assert (balance.earned, balance.owed) == (0, 910)
    assert_ledger_holds()


def test_a_performers_earnings_are_credited_and_debited() -> None:
    performer = factories.performer()
    settled(viewer_with(300), performer, 300)
    propose(factories.staff(), performer, 40)
    propose(factories.staff(), performer, 90, direction="debit")
    assert buckets(performer.pk) == (0, 0, 250)
    assert_ledger_holds()


def test_earnings_do_not_go_below_zero() -> None:
    performer = factories.performer()
    settled(viewer_with(30), performer, 30)
    with pytest.raises(InsufficientBalance) as refused:
        propose(factories.staff(), performer, 31, direction="debit")
    assert refused.value.details == {"required": 31, "available": 30}


def test_two_book_up_to_five_hundred() -> None:
    viewer = viewer_with(0)
    made = propose(factories.staff(), viewer, 500)
    assert buckets(viewer.pk) == (0, 0, 0)
    assert approve(factories.staff(), made.id).status == "booked"
    assert buckets(viewer.pk) == (500, 0, 0)
    assert_ledger_holds()


def test_above_it_takes_three_and_one_of_those_who_approve_holds_the_permission() -> None:
    viewer = viewer_with(0)
    made = propose(holder(), viewer, 501)
    assert approve(factories.staff(), made.id).status == "proposed"
    with pytest.raises(PermissionDenied):
        approve(factories.staff(), made.id)
    done = approve(holder(), made.id)
    assert (done.status, done.people) == ("booked", 3)
    assert buckets(viewer.pk) == (501, 0, 0)
    assert_ledger_holds()


def test_the_holder_may_be_the_second() -> None:
    made = propose(factories.staff(), viewer_with(0), 501)
    approve(holder(), made.id)
    assert approve(factories.staff(), made.id).status == "booked"


def test_nobody_counts_twice() -> None:
    proposer, second = factories.staff(), holder()
    made = propose(proposer, viewer_with(0), 501)
    approve(second, made.id)
    for again in (proposer, second):
        with pytest.raises(CannotApproveTwice):
            approve(again, made.id)


def test_nobody_corrects_his_own_wallet() -> None:
    viewer = viewer_with(0)
    viewer.user.is_staff = True
    viewer.user.save()
    with pytest.raises(CannotAdjustOwnWallet):
        propose(viewer.user, viewer, 5)
    made = propose(factories.staff(), viewer, 200)
    for decide in (approve, reject):
        with pytest.raises(CannotAdjustOwnWallet):
            decide(viewer.user, made.id)
    assert Adjustment.objects.get(pk=made.id).status == "proposed"


def test_a_superuser_approves_large_ones_only_where_the_permission_was_given() -> None:
    made = propose(factories.staff(), viewer_with(0), 700)
    approve(factories.staff(), made.id)
    with pytest.raises(PermissionDenied):
        approve(factories.staff(is_superuser=True), made.id)
    assert approve(holder(), made.id).status == "booked"


def test_slices_by_the_same_person_add_up() -> None:
    viewer, staff = viewer_with(0), factories.staff()
    needed = [propose(staff, viewer, 100).people_needed for _ in range(6)]
    assert needed == [1, 2, 2, 2, 2, 3]


def test_slices_under_the_same_ticket_add_up_whoever_proposes() -> None:
    viewer = viewer_with(0)
    needed = [propose(factories.staff(), viewer, 60, ticket=ticket).people_needed for ticket in ("T-9", " t-9 ", "T-8")]
    assert needed == [1, 2, 1]


def test_another_owners_slices_and_rejected_ones_do_not_count() -> None:
    staff, viewer = factories.staff(), viewer_with(0)
    propose(staff, viewer_with(0), 100, ticket="T-9")
    reject(factories.staff(), propose(staff, viewer, 500, ticket="T-9").id)
    assert propose(staff, viewer, 100, ticket="T-9").status == "booked"


def test_credits_and_debits_do_not_cancel_each_other_out() -> None:
    viewer, staff = viewer_with(0), factories.staff()
    propose(staff, viewer, 60)
    assert propose(staff, viewer, 60, direction="debit").people_needed == 2


def test_what_is_rejected_is_never_booked() -> None:
    proposer, viewer = factories.staff(), viewer_with(0)
    made = propose(proposer, viewer, 200)
    assert reject(proposer, made.id).status == "rejected"
    with pytest.raises(AlreadyDecided):
        approve(factories.staff(), made.id)
    with pytest.raises(AlreadyDecided):
        reject(factories.staff(), made.id)
    assert buckets(viewer.pk) == (0, 0, 0)


def test_what_is_booked_is_decided() -> None:
    made = propose(factories.staff(), viewer_with(0), 5)
    for late in (approve, reject):
        with pytest.raises(AlreadyDecided):
            late(factories.staff(), made.id)


def test_an_approval_whose_booking_is_refused_leaves_nothing() -> None:
    viewer = viewer_with(200)
    made = propose(factories.staff(), viewer, 200, direction="debit")
    hold(viewer, None, 1)
    with pytest.raises(InsufficientBalance):
        approve(factories.staff(), made.id)
    assert Adjustment.objects.get(pk=made.id).status == "proposed"
    assert Decision.objects.filter(adjustment_id=made.id).count() == 1


def test_the_same_key_proposes_once() -> None:
    viewer, staff = viewer_with(0), factories.staff()
    asked = {"key": "k", "ticket": "T-1", "reason": "why"}
    first = propose(staff, viewer, 50, **asked)
    assert propose(staff, viewer, 50, **asked).id == first.id
    assert AuditEntry.objects.filter(target_id=str(first.id)).count() == 1
    with pytest.raises(DuplicateKey):
        propose(staff, viewer, 51, **asked)
    assert buckets(viewer.pk) == (50, 0, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [("bucket", "escrow"), ("direction", "up"), ("ticket", " "), ("reason", ""), ("ticket", "x" * 65)],
)
def test_every_field_is_checked(field: str, value: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        propose(factories.staff(), viewer_with(0), 5, **{field: value})
    assert [error.attr for error in refused.value.errors] == [field]


@pytest.mark.parametrize("tokens", [0, -5, 10**9 + 1])
def test_only_whole_tokens_move(tokens: int) -> None:
    with pytest.raises(ValidationFailed):
        propose(factories.staff(), viewer_with(0), tokens)


def test_a_bucket_that_the_owner_has_not_is_not_found() -> None:
    with pytest.raises(NotFound):
        propose(factories.staff(), factories.performer(), 5, bucket="available")
    with pytest.raises(NotFound):
        approve(factories.staff(), uuid4())


def test_every_word_is_kept_and_audited() -> None:
    proposer, second = factories.staff(), factories.staff()
    made = propose(proposer, viewer_with(0), 200)
    approve(second, made.id)
    words = Decision.objects.filter(adjustment_id=made.id).order_by("id").values_list("staff_id", "verb")
    assert list(words) == [(proposer.pk, "propose"), (second.pk, "approve")]
    entries = AuditEntry.objects.filter(target_id=str(made.id)).order_by("id")
    assert [(entry.action, entry.reason, (entry.after or {})["status"]) for entry in entries] == [
        ("adjustment.propose", "ticket says so", "proposed"),
        ("adjustment.approve", "looked at it", "booked"),
    ]


@pytest.mark.parametrize("table", ["adjustments_adjustment", "adjustments_decision"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "UPDATE {} SET reason = 'x'", "INSERT INTO {} DEFAULT VALUES"])
def test_the_application_writes_neither_table(table: str, verb: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(verb.format(table))
