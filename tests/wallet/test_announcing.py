"""Everybody whose tokens moved is told, after the commit and never before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from core.actors import SYSTEM
from core.exceptions import InsufficientBalance
from tests import factories
from tests.wallet.support import hold, key, settled, viewer_with
from wallet import services, settlement

pytestmark = pytest.mark.django_db
Sent = list[dict[str, Any]]
Capture = Callable[..., Any]


def told(sent: Sent) -> list[str]:
    return [frame["data"]["ownerId"] for frame in sent if frame["event"] == "wallet.balance.changed"]


def test_a_credit_and_a_hold_tell_the_viewer(sent: Sent, django_capture_on_commit_callbacks: Capture) -> None:
    viewer = factories.viewer()
    with django_capture_on_commit_callbacks(execute=True):
        services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=5, key=key())
        hold(viewer, factories.performer(), 5)

    assert told(sent) == [str(viewer.pk)] * 2
    assert [frame["data"]["templateKey"] for frame in sent if frame["event"] == "notification.created"] == [
        "wallet.points.credited"
    ]
    assert all(frame["version"] for frame in sent if frame["event"] == "wallet.balance.changed")


def test_a_settlement_and_its_reversal_tell_both(sent: Sent, django_capture_on_commit_callbacks: Capture) -> None:
    viewer, performer = viewer_with(5), factories.performer()
    held = hold(viewer, performer, 5)
    with django_capture_on_commit_callbacks(execute=True):
        done = settlement.settle_hold(by=SYSTEM, hold_id=held.id, key=key())
        services.reverse_transfer(by=SYSTEM, transfer_id=done.transfer_id, reason="mistake", key=key())

    assert told(sent) == [str(viewer.pk), str(performer.pk)] * 2
    assert [frame["version"] is None for frame in sent] == [False, True, False, True]


def test_a_refund_tells_the_viewer_alone(sent: Sent, django_capture_on_commit_callbacks: Capture) -> None:
    viewer = viewer_with(5)
    held = hold(viewer, factories.performer(), 5)
    with django_capture_on_commit_callbacks(execute=True):
        settlement.refund_hold(by=SYSTEM, hold_id=held.id, reason="timeout", key=key())

    assert told(sent) == [str(viewer.pk)]


def test_a_reversed_credit_tells_the_viewer_alone(sent: Sent, django_capture_on_commit_callbacks: Capture) -> None:
    viewer = factories.viewer()
    funding = services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=5, key=key())
    with django_capture_on_commit_callbacks(execute=True):
        services.reverse_transfer(by=SYSTEM, transfer_id=funding.id, reason="chargeback", key=key())

    assert told(sent) == [str(viewer.pk)]


def test_a_refusal_and_a_rollback_tell_nobody(sent: Sent, django_capture_on_commit_callbacks: Capture) -> None:
    viewer, performer = viewer_with(5), factories.performer()
    with django_capture_on_commit_callbacks(execute=True):
        with pytest.raises(InsufficientBalance):
            hold(viewer, performer, 6)
        with transaction.atomic():
            settled(viewer, performer, 5)
            transaction.set_rollback(True)

    assert sent == []
