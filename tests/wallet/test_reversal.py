"""Corrections: a transfer of their own, once, whole; what a performer no longer has is booked to her receivable."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import override_settings
from django.utils import timezone

from accounts.models import Performer
from core.actors import SYSTEM, Actor
from core.exceptions import DuplicateKey, InsufficientBalance, NotFound
from tests import factories
from tests.payouts.support import asked
from tests.wallet.support import assert_ledger_holds, buckets, hold, key, settled, tokens_in, viewer_with
from wallet import services, settlement
from wallet.exceptions import CannotAdjustOwnWallet, CannotReverseTransfer
from wallet.ledger import Reversal
from wallet.models import Account, Hold, Transfer
from wallet.states import AccountKind, HoldState


def reverse(transfer_id: object, by_key: str = "") -> Reversal:
    return services.reverse_transfer(
        by=SYSTEM,
        transfer_id=transfer_id,  # type: ignore[arg-type]  # also called with ids of nothing
        reason="mistake",
        key=by_key or key(),
    )


@pytest.mark.django_db
def test_a_settlement_goes_back_to_the_viewer() -> None:
    viewer, performer = viewer_with(500), factories.performer()
    done = settled(viewer, performer, 300)

    reversal = reverse(done.transfer_id)

    assert (reversal.tokens, reversal.shortfall) == (300, 0)
    assert buckets(viewer.pk) == (500, 0, 0)
    assert buckets(performer.pk) == (0, 0, 0)
    assert Hold.objects.get(pk=done.id).state == HoldState.SETTLED
    assert Transfer.objects.get(pk=reversal.id).reverses_id == done.transfer_id
    assert_ledger_holds()


@pytest.mark.django_db
def test_of_a_partial_settlement_only_what_was_paid_goes_back() -> None:
    viewer, performer = viewer_with(500), factories.performer()
    held = hold(viewer, performer, 300)
    done = settlement.settle_hold(by=SYSTEM, hold_id=held.id, tokens=120, key=key())

    assert reverse(done.transfer_id).tokens == 120
    assert buckets(viewer.pk) == (500, 0, 0)
    assert_ledger_holds()


@pytest.mark.django_db
def test_a_credit_goes_back_to_the_house() -> None:
    viewer, house = factories.viewer(), tokens_in(AccountKind.HOUSE)
    funding = services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=500, key=key())

    reversal = reverse(funding.id)

    assert (reversal.performer_id, reversal.viewer_id) == (None, viewer.pk)
    assert buckets(viewer.pk) == (0, 0, 0)
    assert tokens_in(AccountKind.HOUSE) == house
    assert_ledger_holds()


@pytest.mark.django_db
def test_a_credit_that_is_spent_cannot_be_taken_back() -> None:
    viewer = factories.viewer()
    funding = services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=500, key=key())
    hold(viewer, factories.performer(), 1)

    with pytest.raises(InsufficientBalance) as refused:
        reverse(funding.id)
    assert refused.value.details == {"required": 500, "available": 499}
    assert buckets(viewer.pk) == (499, 1, 0)


@pytest.mark.django_db
def test_nothing_is_reversed_twice() -> None:
    viewer, performer = viewer_with(500), factories.performer()
    done, other = settled(viewer, performer, 300), services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=9, key=key())
    reverse(done.transfer_id)
    reverse(other.id)

    for transfer_id in (done.transfer_id, other.id):
        with pytest.raises(CannotReverseTransfer, match="already"):
            reverse(transfer_id)
    assert buckets(viewer.pk) == (500, 0, 0)


@pytest.mark.django_db
def test_the_same_key_gets_the_same_reversal() -> None:
    viewer, again = viewer_with(500), key()
    done = settled(viewer, factories.performer(), 300)
    first = reverse(done.transfer_id, again)

    assert reverse(done.transfer_id, again) == first
    with pytest.raises(DuplicateKey):
        reverse(uuid4(), again)
    assert buckets(viewer.pk) == (500, 0, 0)


@pytest.mark.django_db
def test_holds_refunds_and_reversals_have_ways_of_their_own_and_are_not_reversed() -> None:
    viewer, performer = viewer_with(500), factories.performer()
    held = hold(viewer, performer, 10)
    refund = settlement.refund_hold(by=SYSTEM, hold_id=held.id, reason="timeout", key=key())
    reversal = reverse(settled(viewer, performer, 10).transfer_id)

    for transfer_id in (held.transfer_id, refund.transfer_id, reversal.id):
        with pytest.raises(CannotReverseTransfer):
            reverse(transfer_id)
    assert_ledger_holds()


@pytest.mark.django_db
@pytest.mark.parametrize("side", ["viewer", "performer"])
def test_nobody_takes_back_what_was_moved_in_the_own_wallet(side: str) -> None:
    viewer, performer = viewer_with(500), factories.performer()
    done, mine = settled(viewer, performer, 300), Actor((viewer if side == "viewer" else performer).pk, "staff")
    for _ in range(2):
        with pytest.raises(CannotAdjustOwnWallet):
            services.reverse_transfer(by=mine, transfer_id=done.transfer_id, reason="mine", key="again")
    assert buckets(performer.pk) == (0, 0, 300)
    assert reverse(done.transfer_id).tokens == 300


@pytest.mark.django_db
def test_nobody_credits_the_own_wallet_or_takes_the_own_credit_back() -> None:
    viewer = viewer_with(500)
    mine = Actor(viewer.pk, "staff")
    with pytest.raises(CannotAdjustOwnWallet):
        services.fund(by=mine, owner_id=viewer.pk, tokens=5, key=key(), external_id=key())
    credit = Transfer.objects.get(code="fund", credit_account__owner_id=viewer.pk)
    with pytest.raises(CannotAdjustOwnWallet):
        services.reverse_transfer(by=mine, transfer_id=credit.pk, reason="mine", key=key())
    assert buckets(viewer.pk) == (500, 0, 0)


@pytest.mark.django_db
def test_what_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound):
        reverse(uuid4())


def test_what_was_paid_out_already_is_booked_to_her_receivable(database_clone: str) -> None:
    viewer, performer = viewer_with(500), factories.performer()
    done = settled(viewer, performer, 300)
    pay_out(performer, 200)

    reversal = reverse(done.transfer_id)

    assert reversal.shortfall == 200
    assert buckets(viewer.pk) == (500, 0, 0)
    assert buckets(performer.pk) == (0, 0, 0)
    assert tokens_in(AccountKind.RECEIVABLE, performer.pk) == -200
    assert_ledger_holds()


def test_an_account_without_anything_left_owes_all_of_it(database_clone: str) -> None:
    viewer, performer = viewer_with(500), factories.performer()
    done = settled(viewer, performer, 300)
    pay_out(performer, 300)

    assert reverse(done.transfer_id).shortfall == 300
    row = Account.objects.get(owner_id=performer.pk, kind=AccountKind.EARNED)
    assert (row.debits_posted, row.credits_seen) == (600, 600)


def pay_out(performer: Performer, tokens: int) -> None:
    """Move earnings to payout pending: she asks for a payout."""
    performer.verified_at = timezone.now()
    performer.save(update_fields=["verified_at"])
    with override_settings(PAYOUT_MINIMUM_TOKENS=1):
        asked(performer, tokens)
