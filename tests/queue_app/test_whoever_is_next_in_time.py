"""Times of what waits for whoever is next: its lifetime, and the performer who does not start it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.models import Performer, Viewer
from modelstate.states import State
from notices.models import Notice
from queue_app import services
from queue_app.models import PerformerQueue, QueueItem
from queue_app.states import MAX_UNASSIGNED
from queue_app.sweeping import sweep
from tests import factories
from tests.queue_app.clockwork import come_back, limits
from tests.queue_app.support import asked, bought, come, crowd, depth_of, state_of, status_of, steps_of, tokens_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("committed_at_once")]


def owner_of(item_id: UUID) -> UUID | None:
    """Whose it is."""
    return QueueItem.objects.get(pk=item_id).performer_id


def in_line() -> Performer:
    """A performer who is there and waits in the line."""
    performer = come(factories.performer())
    come_back(performer)
    return performer


# --- its lifetime


def test_it_waits_half_an_hour_or_twice_as_long_as_was_said(viewer: Viewer) -> None:
    first = QueueItem.objects.get(pk=asked(viewer, duration_seconds=3600))
    second = QueueItem.objects.get(pk=asked(viewer))
    assert None not in (first.deadline_at, second.deadline_at)
    lifetimes = [item.deadline_at - item.created_at for item in (first, second) if item.deadline_at]
    assert lifetimes == [timedelta(seconds=1800), timedelta(seconds=7200)]


def test_what_nobody_took_in_time_is_given_back_once(viewer: Viewer, sent: list[dict[str, Any]]) -> None:
    with limits(lifetime=0):
        late = asked(viewer)
    kept = asked(viewer)
    sweep()
    sweep()
    assert (steps_of(late), status_of(kept)) == (["enqueue", "refund"], "created")
    assert (tokens_of(viewer), QueueItem.objects.get(pk=late).refund_reason) == ((950, 50), "timeout")
    assert Notice.objects.filter(owner_id=viewer.pk, key="queue.item.refunded").count() == 1
    told = [frame["event"] for frame in sent if frame["of"] == f"item:{late}"]
    assert told.count("queue.item.refunded") == 1


def test_those_behind_it_are_told_that_they_moved_up(viewer: Viewer, sent: list[dict[str, Any]]) -> None:
    with limits(lifetime=0):
        asked(viewer)
    behind = asked(viewer)
    sent.clear()
    sweep()
    moved = [frame["data"] for frame in sent if frame["event"] == "queue.item.position"]
    assert [(data["itemId"], data["position"]) for data in moved] == [(str(behind), 1)]


def test_taken_in_time_its_lifetime_goes_on_in_her_queue(viewer: Viewer) -> None:
    item_id = asked(viewer)
    before = QueueItem.objects.get(pk=item_id).deadline_at
    performer = in_line()
    sweep()
    item = QueueItem.objects.get(pk=item_id)
    assert (item.performer_id, item.deadline_at, item.deadline_step) == (performer.pk, before, "lifetime")


# --- the start deadline


def test_who_does_not_start_it_loses_it_to_the_next_performer(viewer: Viewer) -> None:
    first, second = in_line(), in_line()
    with limits(start=0, start_warning=0):
        item_id = asked(viewer)
        sweep()
        assert (owner_of(item_id), state_of(first)) == (first.pk, State.IN_QUEUE)
        sweep()
    assert (owner_of(item_id), status_of(item_id)) == (second.pk, "created")
    assert (state_of(first), state_of(second)) == (State.IDLE, State.IN_QUEUE)
    assert (depth_of(first), depth_of(second), tokens_of(viewer)) == (0, 1, (950, 50))
    assert steps_of(item_id) == ["enqueue", "assign", "release", "assign"]


def test_who_loses_it_is_told_that_she_left_the_line_each_time(viewer: Viewer) -> None:
    first, second = in_line(), in_line()
    with limits(start=0, start_warning=0):
        asked(viewer)
        for _ in range(4):
            sweep()
        services.join(by=factories.actor(first), performer_id=first.pk)
        for _ in range(2):
            sweep()
    told = Notice.objects.filter(key="queue.line.left").order_by("id").values_list("owner_id", flat=True)
    assert list(told) == [first.pk, second.pk, first.pk]


def test_the_next_performer_has_the_whole_time_and_a_warning_of_her_own(viewer: Viewer) -> None:
    first, second = in_line(), in_line()
    with limits(start=0, start_warning=0):
        item_id = asked(viewer)
        for _ in range(2):
            sweep()
        assert not PerformerQueue.objects.get(pk=second.pk).start_warned
        sweep()
    told = Notice.objects.filter(key="queue.item.start_due").order_by("id").values_list("owner_id", flat=True)
    assert list(told) == [first.pk, second.pk]
    services.start(by=factories.actor(second), item_id=item_id)
    assert status_of(item_id) == "started"


def test_with_nobody_else_it_waits_again_and_is_not_given_to_her_again(viewer: Viewer) -> None:
    only = in_line()
    with limits(start=0, start_warning=0):
        item_id = asked(viewer)
        for _ in range(4):
            sweep()
    assert (owner_of(item_id), status_of(item_id), state_of(only)) == (None, "created", State.IDLE)
    assert PerformerQueue.objects.get(pk=only.pk).start_by is None
    assert Notice.objects.filter(owner_id=only.pk, key="queue.item.start_due").count() == 1


def test_where_fifty_wait_already_it_is_given_back(viewer: Viewer) -> None:
    in_line()
    with limits(start=0, start_warning=0):
        item_id = asked(viewer, tokens=1)
        waiting = crowd(MAX_UNASSIGNED)
        sweep()
        sweep()
    assert (status_of(item_id), tokens_of(viewer)) == ("refunded", (1000, 0))
    assert QueueItem.objects.filter(pk__in=waiting, status="created", performer=None).count() == MAX_UNASSIGNED


def test_what_was_bought_from_her_is_given_back_and_not_handed_on(viewer: Viewer) -> None:
    first, second = in_line(), in_line()
    with limits(start=0, start_warning=0):
        item_id = bought(viewer, first)
        sweep()
        sweep()
    assert (owner_of(item_id), status_of(item_id), depth_of(second)) == (first.pk, "refunded", 0)
    assert (state_of(second), tokens_of(viewer)) == (State.IN_QUEUE, (1000, 0))
