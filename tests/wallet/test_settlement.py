"""A hold is resolved once: paid out, given back, or both in part, whole tokens, in one statement."""

from __future__ import annotations

from uuid import uuid4

import pytest

from accounts.exceptions import PerformerNotFound
from core.actors import SYSTEM
from core.exceptions import DuplicateKey, ValidationFailed
from tests import factories
from tests.wallet.support import assert_ledger_holds, buckets, hold, key, settled, viewer_with
from wallet import settlement
from wallet.exceptions import EscrowAlreadyProcessed, EscrowNotFound
from wallet.models import Hold, Transfer
from wallet.states import HoldState, TransferCode

pytestmark = pytest.mark.django_db


def test_settling_pays_the_performer_the_whole_amount() -> None:
    viewer, performer = viewer_with(500), factories.performer()

    done = settled(viewer, performer, 300)

    assert (done.settled, done.refunded, done.state) == (300, 0, HoldState.SETTLED)
    assert buckets(viewer.pk) == (200, 0, 0)
    assert buckets(performer.pk) == (0, 0, 300)
    assert_ledger_holds()


def test_refunding_gives_the_viewer_everything_back_with_the_reason() -> None:
    viewer, performer = viewer_with(500), factories.performer()
    held = hold(viewer, performer, 300)

    done = settlement.refund_hold(by=SYSTEM, hold_id=held.id, reason="user_cancelled", key=key())

    assert (done.settled, done.refunded, done.state) == (0, 300, HoldState.REFUNDED)
    assert buckets(viewer.pk) == (500, 0, 0)
    assert buckets(performer.pk) == (0, 0, 0)
    assert Transfer.objects.get(pk=done.transfer_id).reason == "user_cancelled"
    assert_ledger_holds()


@pytest.mark.parametrize("part", [1, 120, 299])
def test_a_part_settled_gives_the_rest_back_at_once(part: int) -> None:
    viewer, performer = viewer_with(500), factories.performer()
    held = hold(viewer, performer, 300)

    done = settlement.settle_hold(by=SYSTEM, hold_id=held.id, tokens=part, key=key())

    assert (done.settled, done.refunded, done.state) == (part, 300 - part, HoldState.PARTIALLY_SETTLED)
    assert buckets(viewer.pk) == (500 - part, 0, 0)
    assert buckets(performer.pk) == (0, 0, part)
    assert_ledger_holds()


def test_a_part_refunded_pays_the_rest_out_at_once() -> None:
    viewer, performer = viewer_with(500), factories.performer()
    held = hold(viewer, performer, 300)

    done = settlement.refund_hold(by=SYSTEM, hold_id=held.id, tokens=100, reason="partial_performance", key=key())

    assert (done.settled, done.refunded, done.state) == (200, 100, HoldState.PARTIALLY_SETTLED)
    assert buckets(performer.pk) == (0, 0, 200)
    assert_ledger_holds()


def test_both_halves_of_a_partial_settlement_are_one_group() -> None:
    held = hold(viewer_with(500), factories.performer(), 300)
    settlement.settle_hold(by=SYSTEM, hold_id=held.id, tokens=100, key=key())

    halves = Transfer.objects.filter(hold_id=held.id).exclude(code=TransferCode.HOLD)

    assert {half.code: half.amount for half in halves} == {"settle": 100, "refund": 200}
    assert len({half.group_id for half in halves}) == 1


@pytest.mark.parametrize("tokens", [0, -1, 301, 2**63])
def test_a_part_outside_the_hold_is_refused_by_field_and_not_remembered(tokens: int) -> None:
    performer, again = factories.performer(), key()
    held = hold(viewer_with(500), performer, 300)

    with pytest.raises(ValidationFailed) as settling:
        settlement.settle_hold(by=SYSTEM, hold_id=held.id, tokens=tokens, key=again)
    with pytest.raises(ValidationFailed) as refunding:
        settlement.refund_hold(by=SYSTEM, hold_id=held.id, tokens=tokens, reason="timeout", key=again)

    assert [error.attr for error in settling.value.errors + refunding.value.errors] == ["tokens", "tokens"]
    settlement.settle_hold(by=SYSTEM, hold_id=held.id, tokens=300, key=again)
    assert buckets(performer.pk) == (0, 0, 300)


def test_the_same_key_gets_the_same_settlement() -> None:
    performer, again = factories.performer(), key()
    held = hold(viewer_with(500), performer, 300)
    first = settlement.settle_hold(by=SYSTEM, hold_id=held.id, key=again)

    assert settlement.settle_hold(by=SYSTEM, hold_id=held.id, key=again) == first
    with pytest.raises(DuplicateKey):
        settlement.settle_hold(by=SYSTEM, hold_id=held.id, tokens=10, key=again)
    assert buckets(performer.pk) == (0, 0, 300)


@pytest.mark.parametrize("first", ["settle", "refund"])
@pytest.mark.parametrize("second", ["settle", "refund"])
def test_a_resolved_hold_is_never_resolved_again(first: str, second: str) -> None:
    viewer, performer, again = viewer_with(500), factories.performer(), key()
    held = hold(viewer, performer, 300)
    resolve = {
        "settle": lambda by_key: settlement.settle_hold(by=SYSTEM, hold_id=held.id, key=by_key),
        "refund": lambda by_key: settlement.refund_hold(by=SYSTEM, hold_id=held.id, reason="timeout", key=by_key),
    }
    state = resolve[first](key()).state
    before = buckets(viewer.pk), buckets(performer.pk)

    for _ in range(2):
        with pytest.raises(EscrowAlreadyProcessed) as refused:
            resolve[second](again)
        assert refused.value.details == {"state": state}
    assert (buckets(viewer.pk), buckets(performer.pk)) == before
    assert_ledger_holds()


def test_a_hold_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(EscrowNotFound):
        settlement.settle_hold(by=SYSTEM, hold_id=uuid4(), key=key())
    with pytest.raises(EscrowNotFound):
        settlement.refund_hold(by=SYSTEM, hold_id=uuid4(), reason="timeout", key=key())


def test_a_hold_for_whoever_is_next_can_be_given_back_but_pays_nobody() -> None:
    viewer = viewer_with(500)
    held, again = hold(viewer, None, 300), key()

    with pytest.raises(PerformerNotFound):
        settlement.settle_hold(by=SYSTEM, hold_id=held.id, key=again)
    settlement.refund_hold(by=SYSTEM, hold_id=held.id, reason="timeout", key=again)

    assert buckets(viewer.pk) == (500, 0, 0)


def test_the_row_says_what_became_of_it() -> None:
    held = hold(viewer_with(500), factories.performer(), 300)
    done = settlement.settle_hold(by=SYSTEM, hold_id=held.id, tokens=200, key=key())

    row = Hold.objects.get(pk=held.id)

    assert (row.state, row.settled_amount, row.resolved_by_id) == (HoldState.PARTIALLY_SETTLED, 200, done.transfer_id)
    assert row.resolved_at is not None
