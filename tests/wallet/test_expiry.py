"""A hold without an item runs out: the deadline is a column, the database's clock decides."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from accounts.models import Viewer
from core.actors import SYSTEM
from tests import factories
from tests.support.database import Connection
from tests.support.threads import together
from tests.wallet.support import assert_ledger_holds, buckets, hold, key, viewer_with
from wallet import services, settlement
from wallet.exceptions import EscrowAlreadyProcessed
from wallet.ledger import PlacedHold
from wallet.models import Hold, Transfer
from wallet.states import HoldState


def due_hold(viewer: Viewer, tokens: int) -> PlacedHold:
    """A hold whose time is over as soon as it is there."""
    return services.place_hold(
        by=SYSTEM, viewer_id=viewer.pk, performer_id=None, tokens=tokens, key=key(), expires_seconds=0
    )


@pytest.mark.django_db
def test_what_is_due_goes_back_and_the_rest_stays() -> None:
    viewer = viewer_with(500)
    due, waiting = due_hold(viewer, 100), hold(viewer, None, 50)

    assert services.expire_due_holds() == 1

    assert buckets(viewer.pk) == (450, 50, 0)
    assert Hold.objects.get(pk=due.id).state == HoldState.EXPIRED
    assert Hold.objects.get(pk=waiting.id).state == HoldState.HELD
    assert Transfer.objects.get(hold_id=due.id, code="refund").reason == "timeout"
    assert_ledger_holds()


@pytest.mark.django_db
def test_a_second_sweep_finds_nothing() -> None:
    viewer = viewer_with(500)
    due_hold(viewer, 100)
    services.expire_due_holds()

    assert services.expire_due_holds() == 0
    assert buckets(viewer.pk) == (500, 0, 0)


@pytest.mark.django_db
def test_an_expired_hold_can_be_neither_settled_nor_refunded() -> None:
    held = due_hold(viewer_with(500), 100)
    services.expire_due_holds()

    with pytest.raises(EscrowAlreadyProcessed) as refused:
        settlement.settle_hold(by=SYSTEM, hold_id=held.id, key=key())
    assert refused.value.details == {"state": "expired"}


@pytest.mark.django_db
def test_a_sweep_does_as_many_as_it_was_told_and_tells_each_viewer(
    sent: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,  # noqa: ANN401 - pytest-django's fixture
) -> None:
    viewers = [viewer_with(10) for _ in range(3)]
    for viewer in viewers:
        due_hold(viewer, 10)

    with django_capture_on_commit_callbacks(execute=True):
        assert services.expire_due_holds(limit=2) == 2
        assert services.expire_due_holds(limit=2) == 1

    assert {frame["data"]["ownerId"] for frame in sent} == {str(viewer.pk) for viewer in viewers}


def test_sweepers_side_by_side_take_each_hold_once(many_connections: str) -> None:
    viewer = viewer_with(1000)
    for _ in range(40):
        due_hold(viewer, 10)

    counts = together([partial(services.expire_due_holds)] * 8)
    rest = services.expire_due_holds()  # what all of them found busy: it is one wallet

    assert sum(count for count in counts if isinstance(count, int)) + rest == 40
    assert buckets(viewer.pk) == (1000, 0, 0)


def test_an_adopted_hold_never_runs_out(owner_connection: Connection) -> None:
    viewer = viewer_with(500)
    held = due_hold(viewer, 100)

    assert facts(owner_connection, "wallet_adopt_hold", held.id)["tokens"] == 100

    assert services.expire_due_holds() == 0
    assert buckets(viewer.pk) == (400, 100, 0)


def test_a_resolved_or_missing_hold_is_not_adopted(owner_connection: Connection) -> None:
    viewer = viewer_with(500)
    held = hold(viewer, None, 100)
    settlement.refund_hold(by=SYSTEM, hold_id=held.id, reason="timeout", key=key())

    assert facts(owner_connection, "wallet_adopt_hold", held.id)["refusal"] == "ESCROW_ALREADY_PROCESSED"
    assert facts(owner_connection, "wallet_adopt_hold", viewer.pk)["refusal"] == "ESCROW_NOT_FOUND"


def test_a_hold_for_whoever_is_next_is_assigned_once_and_then_pays_her(owner_connection: Connection) -> None:
    performer, other = factories.performer(), factories.performer()
    held = hold(viewer_with(500), None, 100)

    assert facts(owner_connection, "wallet_assign_hold", held.id, performer.pk)["performer_id"] == str(performer.pk)
    with pytest.raises(Exception, match="append-only"):
        facts(owner_connection, "wallet_assign_hold", held.id, other.pk)

    settlement.settle_hold(by=SYSTEM, hold_id=held.id, key=key())
    assert buckets(performer.pk) == (0, 0, 100)


def test_a_closed_wallets_hold_is_left_to_staff_and_holds_up_nobody(owner_connection: Connection) -> None:
    closed, open_one = viewer_with(10), viewer_with(10)
    stuck = due_hold(closed, 10)
    due_hold(open_one, 10)
    owner_connection.execute("UPDATE wallet_account SET closed_at = now() WHERE owner_id = %s", [closed.pk])

    assert services.expire_due_holds() == 1

    assert buckets(open_one.pk) == (10, 0, 0)
    assert Hold.objects.get(pk=stuck.id).state == HoldState.HELD


def test_a_wallet_in_use_is_waited_for_by_nobody(owner_connection: Connection) -> None:
    busy, free = viewer_with(10), viewer_with(10)
    held = due_hold(busy, 10)
    due_hold(free, 10)
    with owner_connection.transaction():
        owner_connection.execute("SELECT FROM wallet_account WHERE owner_id = %s FOR UPDATE", [busy.pk])
        assert services.expire_due_holds() == 1
    assert (buckets(free.pk), Hold.objects.get(pk=held.id).state) == ((10, 0, 0), HoldState.HELD)
    assert services.expire_due_holds() == 1
    assert buckets(busy.pk) == (10, 0, 0)


def test_a_hold_in_use_is_waited_for_by_nobody(owner_connection: Connection) -> None:
    held = due_hold(viewer_with(10), 10)
    with owner_connection.transaction():
        owner_connection.execute("SELECT FROM wallet_hold WHERE id = %s FOR NO KEY UPDATE", [held.id])
        assert services.expire_due_holds() == 0
    assert services.expire_due_holds() == 1


def test_what_goes_wrong_is_told_and_keeps_no_other_waiting(owner_connection: Connection) -> None:
    broken, whole = viewer_with(10), viewer_with(10)
    stuck = due_hold(broken, 10)
    due_hold(whole, 10)
    escrow(owner_connection, broken, 0)  # as no function ever leaves it: the refund breaks a rule

    with capture_logs() as logged:
        assert [services.expire_due_holds(limit=1), services.expire_due_holds(limit=1)] == [1, 0]

    assert [(entry["event"], entry["hold"]) for entry in logged] == [("expiry.failed", str(stuck.id))]
    assert (buckets(whole.pk), Hold.objects.get(pk=stuck.id).state) == ((10, 0, 0), HoldState.HELD)


def test_a_minute_later_it_is_tried_again_under_the_same_key(owner_connection: Connection) -> None:
    viewer = viewer_with(10)
    stuck = due_hold(viewer, 10)
    escrow(owner_connection, viewer, 0)
    services.expire_due_holds()
    escrow(owner_connection, viewer, 10)
    assert services.expire_due_holds() == 0
    owner_connection.execute("UPDATE wallet_hold SET retry_at = now() WHERE id = %s", [stuck.id])
    assert services.expire_due_holds() == 1
    assert buckets(viewer.pk) == (10, 0, 0)


def escrow(owner: Connection, viewer: Viewer, balance: int) -> None:
    """Make the wallet say this of its escrow."""
    owner.execute(
        "UPDATE wallet_account SET balance = %s, version = version + 1 WHERE owner_id = %s AND kind = 'escrow'",
        [balance, viewer.pk],
    )


def facts(owner_connection: Connection, function: str, *arguments: UUID) -> dict[str, Any]:
    """What an inner function says to the queue's functions, which call it as the owner."""
    places = ", ".join(["%s"] * len(arguments))
    row = owner_connection.execute(f"SELECT {function}({places})", list(arguments)).fetchone()
    assert row is not None
    assert isinstance(row[0], dict)
    return row[0]
