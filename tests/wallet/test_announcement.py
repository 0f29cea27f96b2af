"""A settlement is announced once, in its own transaction, where somebody delivers that; a refund never is."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core.actors import SYSTEM
from core.models import OutboxKind, OutboxMessage
from tests import factories
from tests.wallet.support import hold, key, settled, viewer_with
from wallet import settlement
from wallet.exceptions import EscrowAlreadyProcessed

pytestmark = pytest.mark.django_db


@pytest.fixture
def wanted() -> None:
    """Somebody delivers announcements of settlements."""
    OutboxKind.objects.update_or_create(kind="wallet.settled", defaults={"enabled": True})


def announced() -> list[tuple[str, int]]:
    return [(row.payload["viewer_id"], row.payload["tokens"]) for row in OutboxMessage.objects.order_by("id")]


def test_nothing_is_written_where_nobody_delivers_it() -> None:
    settled(viewer_with(500), factories.performer(), 300)
    assert announced() == []


def test_a_settlement_is_announced_with_what_was_paid(wanted: None) -> None:
    viewer = viewer_with(500)
    done = settled(viewer, factories.performer(), 300)
    assert announced() == [(str(viewer.pk), 300)]
    assert OutboxMessage.objects.get().key == f"wallet.settled:{done.transfer_id}"


def test_of_a_part_only_the_part_is_announced(wanted: None) -> None:
    viewer = viewer_with(500)
    held = hold(viewer, factories.performer(), 300)
    settlement.settle_hold(by=SYSTEM, hold_id=held.id, tokens=120, key=key())
    assert announced() == [(str(viewer.pk), 120)]


def test_a_refund_is_not_announced(wanted: None) -> None:
    held = hold(viewer_with(500), factories.performer(), 300)
    settlement.refund_hold(by=SYSTEM, hold_id=held.id, reason="user_cancelled", key=key())
    assert announced() == []


def test_a_repeated_settlement_is_announced_once(wanted: None) -> None:
    held = hold(viewer_with(500), factories.performer(), 300)
    for _ in range(2):
        settlement.settle_hold(by=SYSTEM, hold_id=held.id, key="same")
    with pytest.raises(EscrowAlreadyProcessed):
        settlement.settle_hold(by=SYSTEM, hold_id=held.id, key="another")
    assert len(announced()) == 1


def test_a_settlement_that_is_rolled_back_is_not_announced(wanted: None) -> None:
    held = hold(viewer_with(500), factories.performer(), 300)
    with transaction.atomic():
        settlement.settle_hold(by=SYSTEM, hold_id=held.id, key=key())
        transaction.set_rollback(True)
    assert announced() == []


def test_settling_stays_one_statement(wanted: None) -> None:
    held = hold(viewer_with(500), factories.performer(), 300)
    with CaptureQueriesContext(connection) as queries:
        settlement.settle_hold(by=SYSTEM, hold_id=held.id, key=key())
    assert len(queries) == 1
