"""A late sweep does what was due: a pause counts from its own time, and the earlier deadline falls first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Max

from accounts.models import Performer, Viewer
from modelstate.states import State
from notices.models import Notice
from presence import services as presence_services
from queue_app import services
from queue_app.models import QueueEvent, QueueItem
from queue_app.queries import item_for
from queue_app.sweeping import sweep
from tests import factories
from tests.drills.waiting import until
from tests.queue_app.clockwork import come_back, go_away, limits, present_until
from tests.queue_app.support import bought, earned_by, running, state_of, steps_of, tokens_of
from wallet.queries import database_now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("committed_at_once")]


def gone(performer: Performer) -> None:
    """She was there, and is not any more."""
    come_back(performer)
    go_away(performer)


def over(item_id: UUID) -> bool:
    """Whether the item's booked time is over, by the database's clock."""
    ends_at = QueueItem.objects.get(pk=item_id).ends_at
    return ends_at is not None and database_now() > ends_at


# --- the rope


def test_a_pause_counts_from_the_end_of_her_last_lease(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer, duration_seconds=300)
    gone(performer)
    with limits(rope_drop=0):
        sweep()
    item, left_at = QueueItem.objects.get(pk=item_id), present_until(performer.pk)
    assert item.paused_at == left_at
    assert item.deadline_at == (left_at or database_now()) + timedelta(seconds=120)
    assert item.ends_at == (item.started_at or database_now()) + timedelta(seconds=300)


def test_the_delay_of_the_rope_is_within_it(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    gone(performer)
    with limits(rope_drop=1):
        until(lambda: bool(sweep().done))
    assert QueueItem.objects.get(pk=item_id).paused_at == (present_until(performer.pk) or database_now()) + timedelta(
        seconds=1
    )


def test_a_pause_is_never_before_the_start(performer: Performer, viewer: Viewer) -> None:
    gone(performer)
    item_id = running(viewer, performer)
    with limits(rope_drop=0):
        sweep()
    item = QueueItem.objects.get(pk=item_id)
    assert (item.paused_at, present_until(performer.pk) < item.started_at) == (item.started_at, True)  # type: ignore[operator]


def test_its_history_only_grows(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    gone(performer)
    before = database_now()
    with limits(rope_drop=0):
        sweep()
    paused_at = QueueItem.objects.get(pk=item_id).paused_at
    written = QueueEvent.objects.filter(item_id=item_id).aggregate(at=Max("at"))["at"]
    assert paused_at is not None
    assert paused_at < before < written


def test_back_again_she_has_the_time_that_was_left_when_the_rope_dropped(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer, duration_seconds=300)
    gone(performer)
    with limits(rope_drop=0):
        sweep()
    paused = QueueItem.objects.get(pk=item_id)
    come_back(performer)
    resumed = QueueItem.objects.get(pk=item_id)
    at = QueueEvent.objects.get(item_id=item_id, event="resume").at
    assert None not in (paused.ends_at, paused.paused_at, resumed.ends_at)
    assert (resumed.ends_at - at) - (paused.ends_at - paused.paused_at) < timedelta(milliseconds=200)  # type: ignore[operator]


def test_where_her_time_to_come_back_is_over_already_the_refund_follows(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    gone(performer)
    with limits(rope_drop=0, return_=0):
        sweep()
        sweep()
        sweep()
    assert steps_of(item_id) == ["enqueue", "start", "pause", "abandon", "refund"]
    assert item_for(factories.actor(viewer), item_id).refund_reason == "performer_disconnected"
    assert (state_of(performer), tokens_of(viewer), earned_by(performer)) == (State.OFFLINE, (1000, 0), 0)


def paused_for(item_id: UUID, seconds: int) -> None:
    """The rope drops at once, and she has so long to come back."""
    with limits(rope_drop=0, return_=seconds):
        sweep()
    assert steps_of(item_id)[-1] == "pause"


def return_is_over(item_id: UUID) -> bool:
    """Whether her time to come back is over."""
    item = QueueItem.objects.get(pk=item_id)
    return item.deadline_at is None or database_now() > item.deadline_at


def test_back_in_time_while_somebody_was_at_work_on_her_she_goes_on(
    performer: Performer, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id = running(viewer, performer, duration_seconds=300)
    gone(performer)
    paused_for(item_id, 1)
    monkeypatch.setattr(presence_services, "announce_return", lambda _owners: None)  # her locks are taken
    come_back(performer)
    until(lambda: return_is_over(item_id))
    come_back(performer)
    sweep()
    assert steps_of(item_id) == ["enqueue", "start", "pause", "resume"]
    assert state_of(performer) == State.PERFORMING


def test_back_too_late_she_does_not(performer: Performer, viewer: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    item_id = running(viewer, performer)
    gone(performer)
    paused_for(item_id, 0)
    monkeypatch.setattr(presence_services, "announce_return", lambda _owners: None)  # her locks are taken
    come_back(performer)
    sweep()
    assert steps_of(item_id)[-3:] == ["pause", "abandon", "refund"]


def test_back_in_time_but_gone_again_she_does_not(
    performer: Performer, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id = running(viewer, performer)
    gone(performer)
    paused_for(item_id, 1)
    monkeypatch.setattr(presence_services, "announce_return", lambda _owners: None)  # her locks are taken
    come_back(performer)
    until(lambda: return_is_over(item_id))
    go_away(performer)
    sweep()
    assert steps_of(item_id)[-3:] == ["pause", "abandon", "refund"]


def test_before_her_time_to_come_back_is_over_nothing_is_refunded(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    gone(performer)
    with limits(rope_drop=0):
        for _ in range(3):
            sweep()
    assert steps_of(item_id) == ["enqueue", "start", "pause"]
    told = Notice.objects.get(owner_id=viewer.pk, key="queue.item.paused").variables["seconds"]
    assert 115 <= told <= 120


def test_while_she_is_away_nothing_goes_on(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    gone(performer)
    with limits(rope_drop=0):
        sweep()
    come_back(viewer)
    come_back(factories.performer())
    for _ in range(3):
        sweep()
    assert steps_of(item_id)[-1] == "pause"
    assert item_for(factories.actor(viewer), item_id).paused_at is not None


def test_there_again_before_the_sweep_nothing_was_missed(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    gone(performer)
    come_back(performer)
    with limits(rope_drop=0):
        sweep()
    assert steps_of(item_id) == ["enqueue", "start"]


def test_who_was_gone_before_the_time_was_over_is_paused_not_warned(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer, duration_seconds=1)
    gone(performer)
    until(lambda: over(item_id))
    with limits(rope_drop=0):
        sweep()
    item = item_for(factories.actor(viewer), item_id)
    assert (steps_of(item_id), item.remaining_seconds) == (["enqueue", "start", "pause"], 1)


def test_what_was_over_before_she_was_gone_ends_as_too_long(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    with limits(maximum=0, rope_drop=0):
        services.start(by=factories.actor(performer), item_id=item_id)
        gone(performer)
        sweep()
    assert steps_of(item_id) == ["enqueue", "start", "abandon", "refund"]
    assert item_for(factories.actor(viewer), item_id).refund_reason == "timeout"


# --- the booked time


def test_at_its_length_it_is_warned_once_and_goes_on_until_the_maximum(
    performer: Performer, viewer: Viewer, sent: list[dict[str, Any]]
) -> None:
    item_id = running(viewer, performer, duration_seconds=1)
    come_back(performer)
    sweep()
    assert steps_of(item_id) == ["enqueue", "start"]
    until(lambda: over(item_id))
    sent.clear()
    sweep()
    sweep()
    assert steps_of(item_id) == ["enqueue", "start", "warn"]
    item = QueueItem.objects.get(pk=item_id)
    assert (item.status, item.deadline_step) == ("started", "maximum")
    assert item.deadline_at == (item.started_at or database_now()) + timedelta(seconds=3600)
    assert [frame["event"] for frame in sent] == ["queue.item.started", "model.queue.updated"]


def test_warned_it_is_given_back_at_the_maximum(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer, duration_seconds=1)
    come_back(performer)
    until(lambda: over(item_id))
    with limits(maximum=0):
        sweep()
        sweep()
    assert steps_of(item_id) == ["enqueue", "start", "warn", "abandon", "refund"]
    assert (state_of(performer), tokens_of(viewer)) == (State.IDLE, (1000, 0))
