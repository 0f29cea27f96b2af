"""The worker's wake-ups do the services' work; missing one loses nothing."""

from __future__ import annotations

import time

import pytest
from procrastinate.contrib.django import app

from queue_app.tasks import sweep
from tests import factories
from tests.wallet.support import buckets, settled, viewer_with
from tests.wallet.test_expiry import due_hold
from wallet import tasks
from wallet.models import Account
from wallet.states import AccountKind


@pytest.mark.django_db
def test_what_is_due_is_given_back_at_the_next_wake_up() -> None:
    viewer = viewer_with(500)
    due_hold(viewer, 100)
    due_hold(viewer, 50)

    sweep(0)

    assert buckets(viewer.pk) == (500, 0, 0)


def test_checkpoints_move_at_the_next_wake_up(database_clone: str) -> None:
    performer = factories.performer()
    settled(viewer_with(500), performer, 300)
    earned, deadline = Account.objects.get(owner_id=performer.pk, kind=AccountKind.EARNED), time.monotonic() + 30

    while earned.checkpoint == 0:  # transactions of other databases on this server may hold the horizon up
        assert time.monotonic() < deadline, "the horizon stands still"
        tasks.move_checkpoints(0)
        earned.refresh_from_db()

    assert earned.checkpoint == 300
    assert buckets(performer.pk) == (0, 0, 300)


def test_both_are_woken_up_by_the_clock() -> None:
    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}

    assert periodic["queue_app.tasks.sweep"] == "* * * * * */5"
    assert periodic["wallet.tasks.move_checkpoints"] == "* * * * *"
    assert periodic["wallet.tasks.forget_refusals"] == "23 3 * * *"
