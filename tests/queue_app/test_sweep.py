"""Every deadline: before its time nothing, then once, and never again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Performer, Viewer
from modelstate import services as states
from modelstate.queries import get_state
from modelstate.states import State
from notices.models import Notice
from notices.queries import say
from notices.services import save_wishes
from presence.states import Kind
from queue_app import services
from queue_app.models import PerformerQueue, QueueItem
from queue_app.queries import item_for, queue_of
from queue_app.states import LIMITS
from queue_app.sweeping import sweep
from tests import factories
from tests.queue_app.clockwork import come_back, go_away, limits
from tests.queue_app.support import bought, come, depth_of, earned_by, running, state_of, status_of, steps_of, tokens_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("committed_at_once")]
LEFT = "queue.line.left"


def told(sent: list[dict[str, Any]], event: str) -> int:
    """How often an event was sent."""
    return sum(frame["event"] == event for frame in sent)


def test_the_limits_are_the_products(settings: Any) -> None:  # noqa: ANN401 - pytest-django's own
    assert dict(LIMITS) == settings.QUEUE_LIMITS


def test_before_its_time_nothing_happens(performer: Performer, viewer: Viewer) -> None:
    waiting, _other = bought(viewer, performer), running(viewer, come(factories.performer()))
    come_back(performer)
    assert sweep().done == 0
    assert (status_of(waiting), state_of(performer)) == ("created", State.IN_QUEUE)


# --- the start deadline


def test_who_must_start_has_two_minutes(performer: Performer, viewer: Viewer) -> None:
    bought(viewer, performer)
    left = (PerformerQueue.objects.get(pk=performer.pk).start_by or timezone.now()) - timezone.now()
    assert timedelta(seconds=115) < left <= timedelta(seconds=120)


def test_out_of_the_line_nobody_must_start(viewer: Viewer) -> None:
    performer = factories.performer()
    states.sign_in(by=factories.actor(performer), performer_id=performer.pk)
    bought(viewer, performer)
    assert PerformerQueue.objects.get(pk=performer.pk).start_by is None
    states.join_line(by=factories.actor(performer), performer_id=performer.pk)
    assert PerformerQueue.objects.get(pk=performer.pk).start_by is not None
    states.leave_line(by=factories.actor(performer), performer_id=performer.pk)
    assert PerformerQueue.objects.get(pk=performer.pk).start_by is None


def test_what_passes_through_must_not_be_started(performer: Performer, viewer: Viewer) -> None:
    services.save_settings(performer_id=performer.pk, changes={"mode": "OFF"})
    bought(viewer, performer)
    assert PerformerQueue.objects.get(pk=performer.pk).start_by is None
    with limits(start=0, start_warning=0):
        assert (sweep().done, sweep().failed) == (0, 0)


def test_a_second_item_gains_the_head_no_time_and_a_new_head_has_all_of_it(
    performer: Performer, viewer: Viewer
) -> None:
    first = bought(viewer, performer)
    before = PerformerQueue.objects.get(pk=performer.pk)
    second = bought(viewer, performer)
    assert PerformerQueue.objects.get(pk=performer.pk).start_by == before.start_by
    services.cancel(by=factories.actor(viewer), item_id=first)
    after = PerformerQueue.objects.get(pk=performer.pk)
    assert (after.start_item_id, (after.start_by or timezone.now()) > (before.start_by or timezone.now())) == (
        second,
        True,
    )


def test_she_is_warned_once_then_it_is_given_back_and_she_leaves_the_line(
    performer: Performer, viewer: Viewer, sent: list[dict[str, Any]]
) -> None:
    come_back(performer)
    with limits(start=0, start_warning=0):
        item_id = bought(viewer, performer)
        sweep()
        assert (status_of(item_id), queue_of(performer.pk).start_warned) == ("created", True)
        sweep()
        sweep()
    assert steps_of(item_id) == ["enqueue", "abandon", "refund"]
    assert (item_for(factories.actor(viewer), item_id).refund_reason, state_of(performer)) == ("timeout", State.IDLE)
    assert (tokens_of(viewer), depth_of(performer)) == ((1000, 0), 0)
    assert Notice.objects.filter(owner_id=performer.pk, key="queue.item.start_due").count() == 1
    assert told(sent, "queue.item.refunded") == 1


def test_the_warning_says_that_she_must_start_and_what_she_loses(performer: Performer, viewer: Viewer) -> None:
    come_back(performer)
    with limits(start=0):
        bought(viewer, performer, title="A wave")
        sweep()
    notice = Notice.objects.get(owner_id=performer.pk, key="queue.item.start_due")
    said = {language: say(notice.key, notice.variables, language).text for language in ("en", "es")}
    assert said["en"].startswith("Start “A wave” within 60 seconds. Otherwise you lose it,")
    assert said["es"].startswith("Empieza «A wave» en 60 segundos.")
    assert not Notice.objects.filter(key="queue.item.paused").exists()


def test_a_missed_start_tells_her_that_she_left_the_line_once(
    performer: Performer, viewer: Viewer, sent: list[dict[str, Any]]
) -> None:
    come_back(performer)
    with limits(start=0, start_warning=0):
        item_id = bought(viewer, performer, title="A <b>song</b>")
        for _ in range(4):
            sweep()
    left = Notice.objects.get(key=LEFT)
    assert (left.owner_id, left.variables) == (performer.pk, {"itemId": str(item_id), "title": "A <b>song</b>"})
    heard = [frame["data"] for frame in sent if frame["event"] == "notification.created"]
    assert [one["severity"] for one in heard if one["templateKey"] == LEFT] == ["warning"]
    reasons = [frame["data"]["reason"] for frame in sent if frame["event"] == "model.state.changed"]
    assert reasons[-1] == "start_deadline"


def test_each_missed_start_is_told(performer: Performer, viewer: Viewer) -> None:
    come_back(performer)
    with limits(start=0, start_warning=0):
        for _ in range(2):
            bought(viewer, performer)
            sweep()
            sweep()
            states.join_line(by=factories.actor(performer), performer_id=performer.pk)
    assert Notice.objects.filter(owner_id=performer.pk, key=LEFT).count() == 2


def test_who_is_only_warned_is_still_in_the_line_and_not_told_otherwise(performer: Performer, viewer: Viewer) -> None:
    come_back(performer)
    with limits(start=0):
        bought(viewer, performer)
        sweep()
        sweep()
    assert state_of(performer) == State.IN_QUEUE
    assert not Notice.objects.filter(key=LEFT).exists()


def test_who_leaves_the_line_herself_needs_no_telling(performer: Performer, viewer: Viewer) -> None:
    come_back(performer)
    with limits(start=0, start_warning=0):
        bought(viewer, performer)
        sweep()
        states.leave_line(by=factories.actor(performer), performer_id=performer.pk)
        sweep()
    assert not Notice.objects.filter(key=LEFT).exists()


def test_who_switched_it_off_leaves_the_line_all_the_same(performer: Performer, viewer: Viewer) -> None:
    save_wishes(owner_id=performer.pk, keys={LEFT: False})
    come_back(performer)
    with limits(start=0, start_warning=0):
        bought(viewer, performer)
        sweep()
        sweep()
    assert state_of(performer) == State.IDLE
    assert not Notice.objects.filter(key=LEFT).exists()


def test_who_leaves_the_line_and_comes_back_to_the_same_item_is_warned_again(
    performer: Performer, viewer: Viewer
) -> None:
    come_back(performer)
    her = factories.actor(performer)
    with limits(start=0):
        bought(viewer, performer)
        sweep()
        states.leave_line(by=her, performer_id=performer.pk)
        states.join_line(by=her, performer_id=performer.pk)
        sweep()
        sweep()
    assert Notice.objects.filter(owner_id=performer.pk, key="queue.item.start_due").count() == 2


def test_started_in_time_it_is_hers(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    come_back(performer)
    assert PerformerQueue.objects.get(pk=performer.pk).start_by is None
    with limits(start=0, start_warning=0):
        sweep()
    assert status_of(item_id) == "started"


# --- rope drop


def test_five_seconds_after_her_last_lease_it_is_paused(
    performer: Performer, viewer: Viewer, sent: list[dict[str, Any]]
) -> None:
    item_id = running(viewer, performer, duration_seconds=300)
    come_back(performer)
    go_away(performer)
    sweep()
    assert item_for(factories.actor(viewer), item_id).paused_at is None
    with limits(rope_drop=0):
        sweep()
        sweep()
    item = item_for(factories.actor(viewer), item_id)
    assert (item.ends_at, steps_of(item_id)) == (None, ["enqueue", "start", "pause"])
    assert 295 <= (item.remaining_seconds or 0) <= 300
    assert (told(sent, "model.performance.paused"), told(sent, "queue.item.paused")) == (1, 1)
    assert Notice.objects.filter(owner_id=viewer.pk, key="queue.item.paused").count() == 1


def test_while_one_lease_lives_nothing_is_paused(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    come_back(performer, Kind.BEARER)
    with limits(rope_drop=0):
        sweep()
    assert steps_of(item_id) == ["enqueue", "start"]


def test_back_in_time_it_goes_on_with_what_was_left(
    performer: Performer, viewer: Viewer, sent: list[dict[str, Any]]
) -> None:
    item_id = running(viewer, performer, duration_seconds=300)
    with limits(rope_drop=0):
        sweep()
    left = item_for(factories.actor(viewer), item_id).remaining_seconds or 0
    come_back(performer)
    sweep()
    item = item_for(factories.actor(viewer), item_id)
    assert item.paused_at is None
    assert abs(((item.ends_at or timezone.now()) - timezone.now()).total_seconds() - left) < 2
    assert (steps_of(item_id)[-1], told(sent, "model.performance.resumed")) == ("resume", 1)
    assert get_state(performer.pk).state is State.PERFORMING


def words_of_starts(sent: list[dict[str, Any]]) -> list[str | None]:
    """The key that each `queue.item.started` carried."""
    return [frame["data"].get("templateKey") for frame in sent if frame["event"] == "queue.item.started"]


def test_what_goes_on_or_runs_over_is_not_said_to_have_started_again(
    performer: Performer, viewer: Viewer, sent: list[dict[str, Any]]
) -> None:
    item_id = running(viewer, performer, duration_seconds=1)
    with limits(rope_drop=0):
        sweep()
    come_back(performer)
    while "warn" not in steps_of(item_id):  # a second at most
        sweep()
    assert steps_of(item_id)[1:] == ["start", "pause", "resume", "warn"]
    assert words_of_starts(sent) == ["queue.item.started", None, None]
    versions = [frame["version"] for frame in sent if frame["event"] == "queue.item.started"]
    assert versions == [2, 4, 5]


def test_not_back_in_time_all_is_given_back_and_she_is_offline(
    performer: Performer, viewer: Viewer, sent: list[dict[str, Any]]
) -> None:
    item_id, waiting = running(viewer, performer), bought(viewer, performer)
    with limits(rope_drop=0, return_=0):
        sweep()
        sweep()
        sweep()
    assert steps_of(item_id) == ["enqueue", "start", "pause", "abandon", "refund"]
    assert item_for(factories.actor(viewer), item_id).refund_reason == "performer_disconnected"
    assert (state_of(performer), earned_by(performer), tokens_of(viewer)) == (State.OFFLINE, 0, (900, 100))
    assert (status_of(waiting), told(sent, "model.performance.ended")) == ("created", 1)


def test_too_late_is_too_late_even_before_the_sweep(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    with limits(rope_drop=0, return_=0):
        sweep()
    come_back(performer)
    assert (status_of(item_id), state_of(performer)) == ("refunded", State.IDLE)


def test_a_paused_item_can_be_finished_and_abandoned(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    with limits(rope_drop=0):
        sweep()
    services.finish(by=factories.actor(performer), item_id=item_id)
    assert (status_of(item_id), earned_by(performer)) == ("finished", 100)
    assert QueueItem.objects.get(pk=item_id).deadline_at is None


# --- waiting items


def test_what_waits_for_who_is_gone_keeps_its_place_then_is_given_back_oldest_first(
    performer: Performer, viewer: Viewer, sent: list[dict[str, Any]]
) -> None:
    items = [bought(viewer, performer) for _ in range(3)]
    with limits(absence=0):
        sweep()
    assert (state_of(performer), [status_of(item) for item in items]) == (State.OFFLINE, ["created"] * 3)
    with limits(keep_place=0):
        sweep()
        sweep()
    given_back = [frame["of"] for frame in sent if frame["event"] == "queue.item.refunded"]
    assert given_back == [f"item:{item}" for item in items]
    assert (tokens_of(viewer), depth_of(performer)) == ((1000, 0), 0)


def test_back_within_the_time_her_queue_is_as_it_was(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    with limits(absence=0):
        sweep()
    come_back(performer)
    with limits(keep_place=0):
        sweep()
    assert (status_of(item_id), state_of(performer)) == ("created", State.IDLE)


def test_what_has_waited_half_an_hour_is_given_back(performer: Performer, viewer: Viewer) -> None:
    kept = bought(viewer, performer)
    with limits(lifetime=0):
        late = bought(viewer, come(factories.performer()))
    come_back(performer)
    sweep()
    sweep()
    assert (status_of(kept), steps_of(late)) == ("created", ["enqueue", "refund"])
    assert item_for(factories.actor(viewer), late).refund_reason == "timeout"


def test_behind_much_work_it_waits_twice_as_long_as_was_said(performer: Performer, viewer: Viewer) -> None:
    bought(viewer, performer, duration_seconds=3600)
    item = QueueItem.objects.get(pk=bought(viewer, performer))
    assert (item.deadline_at or item.created_at) - item.created_at == timedelta(seconds=7200)


def test_an_item_that_needs_its_viewer_goes_when_he_has_gone(performer: Performer, viewer: Viewer) -> None:
    needs, plain = bought(viewer, performer, metadata={"presenceRequired": True}), bought(viewer, performer)
    come_back(performer)
    come_back(viewer)
    with limits(viewer_absence=0):
        sweep()
        assert status_of(needs) == "created"
        go_away(viewer)
        sweep()
    assert (status_of(needs), status_of(plain)) == ("refunded", "created")


# --- running too long


def test_it_is_warned_at_its_length_and_ends_at_the_maximum(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer, duration_seconds=1)
    with limits(maximum=0):
        services.start(by=factories.actor(performer), item_id=item_id)
        assert QueueItem.objects.get(pk=item_id).deadline_step == "maximum"
        come_back(performer)
        sweep()
        sweep()
    assert steps_of(item_id) == ["enqueue", "start", "abandon", "refund"]
    assert (item_for(factories.actor(viewer), item_id).refund_reason, state_of(performer)) == ("timeout", State.IDLE)
