"""Placing holds: tokens move from available to escrow, or nothing moves."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.exceptions import PerformerNotFound
from core.actors import SYSTEM
from core.exceptions import DuplicateKey, InsufficientBalance, ValidationFailed
from tests import factories
from tests.wallet.support import assert_ledger_holds, buckets, hold, key, viewer_with
from wallet import services
from wallet.models import Hold, Operation, Transfer
from wallet.states import HoldState, TransferCode

pytestmark = pytest.mark.django_db


def test_a_hold_moves_tokens_into_escrow() -> None:
    viewer, performer = viewer_with(500), factories.performer()

    placed = hold(viewer, performer, 300)

    assert (placed.available, placed.escrow) == (200, 300)
    assert buckets(viewer.pk) == (200, 300, 0)
    row = Hold.objects.get(pk=placed.id)
    assert (row.state, row.amount, row.settled_amount, row.performer_id) == (HoldState.HELD, 300, 0, performer.pk)
    assert_ledger_holds()


def test_a_hold_is_one_transfer_in_the_operations_group() -> None:
    placed = hold(viewer_with(500), factories.performer(), 300)

    transfer = Transfer.objects.get(hold_id=placed.id)

    assert (transfer.pk, transfer.code, transfer.amount) == (placed.transfer_id, TransferCode.HOLD, 300)
    assert Operation.objects.get(pk=transfer.group_id).verb == "place_hold"


def test_all_of_it_can_be_held_and_not_one_more() -> None:
    viewer = viewer_with(500)

    hold(viewer, factories.performer(), 500)

    with pytest.raises(InsufficientBalance) as refused:
        hold(viewer, factories.performer(), 1)
    assert refused.value.details == {"required": 1, "available": 0}
    assert buckets(viewer.pk) == (0, 500, 0)


def test_a_viewer_without_a_wallet_has_nothing_to_hold() -> None:
    with pytest.raises(InsufficientBalance) as refused:
        hold(factories.viewer(), factories.performer(), 1)
    assert refused.value.details == {"required": 1, "available": 0}


def test_the_same_key_gets_the_same_hold() -> None:
    viewer, performer, again = viewer_with(500), factories.performer(), key()

    def place(tokens: int = 300):  # type: ignore[no-untyped-def]  # the answer's type is what is tested
        return services.place_hold(
            by=factories.actor(viewer), viewer_id=viewer.pk, performer_id=performer.pk, tokens=tokens, key=again
        )

    assert place() == place()
    with pytest.raises(DuplicateKey):
        place(tokens=299)
    assert buckets(viewer.pk) == (200, 300, 0)


def test_a_refusal_for_want_of_tokens_is_remembered() -> None:
    viewer, performer, again = viewer_with(100), factories.performer(), key()

    def place() -> None:
        services.place_hold(
            by=factories.actor(viewer), viewer_id=viewer.pk, performer_id=performer.pk, tokens=300, key=again
        )

    with pytest.raises(InsufficientBalance):
        place()
    services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=1000, key=key())
    with pytest.raises(InsufficientBalance) as replayed:
        place()
    assert replayed.value.details == {"required": 300, "available": 100}
    assert buckets(viewer.pk) == (1100, 0, 0)


def test_a_hold_undone_with_its_transaction_leaves_the_key_free() -> None:
    viewer, performer, again = viewer_with(500), factories.performer(), key()

    def place() -> None:
        services.place_hold(
            by=factories.actor(viewer), viewer_id=viewer.pk, performer_id=performer.pk, tokens=300, key=again
        )

    with transaction.atomic():
        place()
        transaction.set_rollback(True)
    assert buckets(viewer.pk) == (500, 0, 0)
    place()
    assert buckets(viewer.pk) == (200, 300, 0)


def test_a_performer_who_does_not_exist_cannot_be_held_for() -> None:
    viewer = viewer_with(500)

    with pytest.raises(PerformerNotFound), transaction.atomic():
        services.place_hold(by=SYSTEM, viewer_id=viewer.pk, performer_id=uuid4(), tokens=5, key=key())
    assert buckets(viewer.pk) == (500, 0, 0)


@pytest.mark.parametrize("tokens", [0, -5, 2**63])
def test_amounts_out_of_range_are_refused_by_field(tokens: int) -> None:
    with pytest.raises(ValidationFailed):
        hold(viewer_with(5), factories.performer(), tokens)


def test_a_hold_for_whoever_is_next_names_nobody() -> None:
    placed = hold(viewer_with(500), None, 300)

    assert Hold.objects.get(pk=placed.id).performer_id is None


def test_a_hold_runs_out_when_its_maker_says() -> None:
    viewer = viewer_with(500)
    placed = services.place_hold(
        by=SYSTEM, viewer_id=viewer.pk, performer_id=None, tokens=5, key=key(), expires_seconds=90
    )

    row = Hold.objects.get(pk=placed.id)

    assert row.expires_at == row.created_at + timedelta(seconds=90)
