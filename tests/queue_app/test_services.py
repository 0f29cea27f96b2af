"""The queue's rules, one by one, on a real database."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.exceptions import PerformerNotFound
from accounts.models import Performer, Viewer
from core.actors import ANONYMOUS, SYSTEM
from core.exceptions import DomainError, DuplicateKey, NotFound, ValidationFailed
from modelstate import services as states
from modelstate.exceptions import AlreadyProcessing, InvalidStateTransition
from modelstate.queries import get_state
from modelstate.states import State
from queue_app import services
from queue_app.exceptions import OutOfOrder, PerformerUnavailable, QueueFull
from queue_app.models import QueueEvent, QueueItem
from queue_app.queries import events_of, item_for, queue_of
from queue_app.states import MAX_DEPTH
from tests import factories
from tests.queue_app.support import (
    bought,
    come,
    depth_of,
    earned_by,
    intake,
    rich,
    running,
    state_of,
    status_of,
    tokens_of,
)
from wallet.exceptions import EscrowAlreadyProcessed, EscrowNotFound

pytestmark = pytest.mark.django_db


# --- intake


def test_a_paid_item_waits_at_the_end(performer: Performer, viewer: Viewer) -> None:
    first, second = bought(viewer, performer), bought(viewer, performer)
    assert [(item.id, item.position) for item in queue_of(performer.pk).items] == [(first, 1), (second, 2)]
    assert (tokens_of(viewer), earned_by(performer), depth_of(performer)) == ((800, 200), 0, 2)


def test_the_same_intake_again_is_the_same_item(performer: Performer, viewer: Viewer) -> None:
    payload = intake(viewer, performer)
    first = services.enqueue(by=factories.actor(viewer), intake=payload)
    again = services.enqueue(by=factories.actor(viewer), intake=payload)
    assert again == first
    assert depth_of(performer) == 1


def test_another_intake_under_the_same_event_is_refused(performer: Performer, viewer: Viewer) -> None:
    bought(viewer, performer, source_event_id="e-1")
    hold = intake(viewer, performer, source_event_id="e-2").escrow_transaction_id
    with pytest.raises(DuplicateKey):
        bought(viewer, performer, source_event_id="e-1", escrow_transaction_id=hold)
    assert depth_of(performer) == 1


def test_the_event_of_another_performers_item_is_taken_too(performer: Performer, viewer: Viewer) -> None:
    other = come(factories.performer())
    bought(viewer, performer, source_event_id="e-1")
    payload = intake(viewer, other, source_event_id="e-3")
    with pytest.raises(DuplicateKey):
        bought(viewer, other, source_event_id="e-1", escrow_transaction_id=payload.escrow_transaction_id)


def test_one_hold_pays_one_item(performer: Performer, viewer: Viewer) -> None:
    payload = intake(viewer, performer)
    services.enqueue(by=factories.actor(viewer), intake=payload)
    with pytest.raises(DomainError) as refused:
        bought(viewer, performer, escrow_transaction_id=payload.escrow_transaction_id)
    assert refused.value.status == 409


def test_nothing_is_sold_while_she_is_offline(viewer: Viewer) -> None:
    away = factories.performer()
    with pytest.raises(PerformerUnavailable, match="offline"):
        bought(viewer, away)
    assert not QueueItem.objects.exists()


@pytest.mark.parametrize("ready", [State.IDLE, State.STREAMING])
def test_items_are_taken_while_she_is_not_in_the_line(viewer: Viewer, ready: State) -> None:
    performer = factories.performer()
    by = factories.actor(performer)
    states.sign_in(by=by, performer_id=performer.pk)
    if ready is State.STREAMING:
        states.start_stream(by=by, performer_id=performer.pk)
    assert status_of(bought(viewer, performer)) == "created"


def test_items_are_taken_while_she_performs(performer: Performer, viewer: Viewer) -> None:
    running(viewer, performer)
    assert queue_of(performer.pk).depth == 1
    second = bought(viewer, performer)
    assert [(item.id, item.position) for item in queue_of(performer.pk).waiting] == [(second, 1)]


def test_an_unknown_performer_is_not_found(performer: Performer, viewer: Viewer) -> None:
    with pytest.raises(PerformerNotFound):
        bought(viewer, performer, performer_id=uuid4())


@pytest.mark.parametrize("field", ["escrow_transaction_id", "tokens", "user_id"])
def test_a_hold_that_is_not_this_items_is_not_found(performer: Performer, viewer: Viewer, field: str) -> None:
    hold = intake(viewer, performer).escrow_transaction_id
    wrong: dict[str, Any] = {"escrow_transaction_id": hold, "tokens": 100, "user_id": viewer.pk}
    wrong[field] = {"escrow_transaction_id": uuid4(), "tokens": 99, "user_id": factories.viewer().pk}[field]
    with pytest.raises(EscrowNotFound):
        bought(viewer, performer, **wrong)
    assert not QueueItem.objects.exists()


def test_a_resolved_hold_pays_nothing(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    services.cancel(by=factories.actor(viewer), item_id=item_id)
    hold = QueueItem.objects.get(pk=item_id).hold_id
    with pytest.raises(EscrowAlreadyProcessed):
        bought(viewer, performer, escrow_transaction_id=hold)


def test_the_hold_of_an_item_no_longer_expires(performer: Performer, viewer: Viewer) -> None:
    item = QueueItem.objects.select_related("hold").get(pk=bought(viewer, performer))
    assert item.hold.expires_at is None


def test_the_fifty_first_item_finds_the_queue_full(performer: Performer, viewer: Viewer) -> None:
    for _ in range(MAX_DEPTH):
        bought(viewer, performer, tokens=1)
    with pytest.raises(QueueFull):
        bought(viewer, performer, tokens=1)
    assert (depth_of(performer), len(queue_of(performer.pk).items)) == (50, 50)


def test_an_ended_item_makes_room(performer: Performer, viewer: Viewer) -> None:
    first = running(viewer, performer, tokens=1)
    for _ in range(MAX_DEPTH - 1):
        bought(viewer, performer, tokens=1)
    with pytest.raises(QueueFull):
        bought(viewer, performer, tokens=1)
    services.finish(by=factories.actor(performer), item_id=first)
    assert status_of(bought(viewer, performer, tokens=1)) == "created"


@pytest.mark.parametrize(
    ("field", "value", "attr"),
    [
        ("tokens", 0, "tokens"),
        ("tokens", -5, "tokens"),
        ("title", "", "title"),
        ("title", "x" * 101, "title"),
        ("description", "x" * 501, "description"),
        ("duration_seconds", 0, "durationSeconds"),
        ("duration_seconds", 3601, "durationSeconds"),
        ("source_feature", "", "sourceFeature"),
        ("source_event_id", "x" * 101, "sourceEventId"),
        ("idempotency_key", "", "idempotencyKey"),
    ],
)
def test_every_field_has_its_bounds(performer: Performer, viewer: Viewer, field: str, value: Any, attr: str) -> None:  # noqa: ANN401
    good = intake(viewer, performer)
    with pytest.raises(ValidationFailed) as refused:
        bought(viewer, performer, **{"escrow_transaction_id": good.escrow_transaction_id, field: value})
    assert [error.attr for error in refused.value.errors] == [attr]


# --- start


def test_starting_the_head_makes_her_perform(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer, duration_seconds=300)
    moved = services.start(by=factories.actor(performer), item_id=item_id)
    assert (moved.item["status"], moved.item["position"], moved.settlement) == ("started", 0, None)
    view = get_state(performer.pk)
    assert (view.state, view.performing, view.in_queue) == (State.PERFORMING, True, False)
    assert view.current_performance is not None
    assert (view.current_performance.id, view.current_performance.duration_seconds) == (item_id, 300)


def test_only_the_head_may_start(performer: Performer, viewer: Viewer) -> None:
    first, second = bought(viewer, performer), bought(viewer, performer)
    with pytest.raises(OutOfOrder):
        services.start(by=factories.actor(performer), item_id=second)
    assert (status_of(first), status_of(second), state_of(performer)) == ("created", "created", State.IN_QUEUE)


def test_one_performance_at_a_time(performer: Performer, viewer: Viewer) -> None:
    running(viewer, performer)
    second = bought(viewer, performer)
    with pytest.raises(AlreadyProcessing):
        services.start(by=factories.actor(performer), item_id=second)
    assert status_of(second) == "created"


def test_who_is_not_in_the_line_cannot_start(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    services.leave(by=factories.actor(performer), performer_id=performer.pk)
    with pytest.raises(InvalidStateTransition, match="Join the queue first"):
        services.start(by=factories.actor(performer), item_id=item_id)
    assert status_of(item_id) == "created"


def test_starting_twice_is_refused(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    with pytest.raises(InvalidStateTransition, match="already running"):
        services.start(by=factories.actor(performer), item_id=item_id)


def test_on_stream_she_performs_on_stream(viewer: Viewer) -> None:
    performer = factories.performer()
    by = factories.actor(performer)
    states.sign_in(by=by, performer_id=performer.pk)
    states.start_stream(by=by, performer_id=performer.pk)
    states.join_line(by=by, performer_id=performer.pk)
    item_id = running(viewer, performer)
    assert state_of(performer) is State.STREAM_PERFORMING
    services.finish(by=by, item_id=item_id)
    assert state_of(performer) is State.STREAMING


# --- finish


def test_finishing_pays_her_everything(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    moved = services.finish(by=factories.actor(performer), item_id=item_id)
    assert (moved.item["status"], moved.item["settledTokens"], moved.item["refundedTokens"]) == ("finished", 100, 0)
    assert moved.settlement == {
        "transferId": moved.item["settlementTransactionId"],
        "settled": 100,
        "refunded": 0,
        "reason": None,
    }
    assert (tokens_of(viewer), earned_by(performer)) == ((900, 0), 100)
    assert (state_of(performer), depth_of(performer)) == (State.IDLE, 0)


@pytest.mark.parametrize("split", [{"settled": 60}, {"refunded": 40}, {"settled": 60, "refunded": 40}])
def test_a_partial_finish_pays_both_sides(performer: Performer, viewer: Viewer, split: dict[str, int]) -> None:
    item_id = running(viewer, performer)
    moved = services.finish(by=factories.actor(performer), item_id=item_id, **split)
    assert (moved.item["settledTokens"], moved.item["refundedTokens"]) == (60, 40)
    assert moved.item["refundReason"] == "partial_performance"
    assert (tokens_of(viewer), earned_by(performer)) == ((940, 0), 60)


@pytest.mark.parametrize(
    ("split", "attr"),
    [
        ({"settled": 0}, "settled"),
        ({"settled": 101}, "settled"),
        ({"refunded": 100}, "refunded"),
        ({"refunded": -1}, "refunded"),
        ({"settled": 60, "refunded": 41}, "refunded"),
        ({"settled": 60, "refunded": 39}, "refunded"),
    ],
)
def test_the_parts_must_be_the_whole(performer: Performer, viewer: Viewer, split: dict[str, int], attr: str) -> None:
    item_id = running(viewer, performer)
    with pytest.raises(ValidationFailed) as refused:
        services.finish(by=factories.actor(performer), item_id=item_id, **split)
    assert [error.attr for error in refused.value.errors] == [attr]
    assert (status_of(item_id), tokens_of(viewer)) == ("started", (900, 100))


def test_what_has_not_started_cannot_finish(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    with pytest.raises(InvalidStateTransition, match="Start the performance first"):
        services.finish(by=factories.actor(performer), item_id=item_id)


def test_finishing_twice_pays_once(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    services.finish(by=factories.actor(performer), item_id=item_id)
    with pytest.raises(InvalidStateTransition):
        services.finish(by=factories.actor(performer), item_id=item_id)
    assert earned_by(performer) == 100


def test_by_her_wish_she_joins_again(performer: Performer, viewer: Viewer) -> None:
    services.save_settings(performer_id=performer.pk, changes={"auto_rejoin": True})
    item_id = running(viewer, performer)
    before = get_state(performer.pk).version
    services.finish(by=factories.actor(performer), item_id=item_id)
    view = get_state(performer.pk)
    assert (view.state, view.queue_position, view.version) == (State.IN_QUEUE, 1, before + 2)


# --- abandon, refund, cancel


@pytest.mark.parametrize("verb", [services.abandon, services.refund])
@pytest.mark.parametrize("begin", [bought, running])
def test_giving_up_gives_everything_back(performer: Performer, viewer: Viewer, verb: Any, begin: Any) -> None:  # noqa: ANN401
    item_id = begin(viewer, performer)
    moved = verb(by=factories.actor(performer), item_id=item_id)
    assert (moved.item["status"], moved.item["refundedTokens"]) == ("refunded", 100)
    assert moved.item["refundReason"] == "performer_declined"
    assert (moved.item["abandonedAt"] is not None) == (verb is services.abandon)
    assert (tokens_of(viewer), earned_by(performer), depth_of(performer)) == ((1000, 0), 0, 0)
    assert state_of(performer) == (State.IDLE if begin is running else State.IN_QUEUE)


def test_an_abandoned_items_history_shows_both_steps(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    services.abandon(by=factories.actor(performer), item_id=item_id, reason="technical_error")
    steps = list(events_of(item_id).values_list("version", "event", "from_status", "to_status", "reason"))
    assert steps == [
        (1, "enqueue", "", "created", ""),
        (2, "start", "created", "started", ""),
        (3, "abandon", "started", "abandoned", "technical_error"),
        (4, "refund", "abandoned", "refunded", "technical_error"),
    ]


def test_staff_give_another_reason_unless_they_say_so(performer: Performer, viewer: Viewer) -> None:
    staff = factories.actor(factories.staff())
    moved = services.refund(by=staff, item_id=bought(viewer, performer))
    assert moved.item["refundReason"] == "admin_refund"
    assert QueueEvent.objects.latest("id").actor_id == staff.id


@pytest.mark.parametrize("reason", ["", "because", "partial_performance"])
def test_an_unknown_reason_is_refused(performer: Performer, viewer: Viewer, reason: str) -> None:
    item_id = bought(viewer, performer)
    with pytest.raises(ValidationFailed):
        services.abandon(by=factories.actor(performer), item_id=item_id, reason=reason)
    assert status_of(item_id) == "created"


@pytest.mark.parametrize("verb", [services.start, services.finish, services.abandon, services.refund])
def test_what_has_ended_stays_ended(performer: Performer, viewer: Viewer, verb: Any) -> None:  # noqa: ANN401
    item_id = bought(viewer, performer)
    services.cancel(by=factories.actor(viewer), item_id=item_id)
    with pytest.raises(InvalidStateTransition):
        verb(by=factories.actor(performer), item_id=item_id)
    assert (status_of(item_id), tokens_of(viewer)) == ("refunded", (1000, 0))


def test_a_viewer_takes_a_waiting_item_back(performer: Performer, viewer: Viewer) -> None:
    moved = services.cancel(by=factories.actor(viewer), item_id=bought(viewer, performer))
    assert (moved.item["status"], moved.item["refundReason"]) == ("refunded", "user_cancelled")
    assert (tokens_of(viewer), state_of(performer)) == ((1000, 0), State.IN_QUEUE)


def test_a_running_item_cannot_be_taken_back(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    with pytest.raises(InvalidStateTransition, match="has started"):
        services.cancel(by=factories.actor(viewer), item_id=item_id)
    assert tokens_of(viewer) == (900, 100)


def test_giving_up_a_waiting_item_moves_the_others_up(performer: Performer, viewer: Viewer) -> None:
    first, second, third = (bought(viewer, performer) for _ in range(3))
    services.cancel(by=factories.actor(viewer), item_id=second)
    assert [(item.id, item.position) for item in queue_of(performer.pk).items] == [(first, 1), (third, 2)]


# --- whose it is


@pytest.mark.parametrize("verb", [services.start, services.finish, services.abandon, services.refund])
@pytest.mark.parametrize("who", ["other performer", "its viewer", "nobody"])
def test_her_items_are_hers(performer: Performer, viewer: Viewer, verb: Any, who: str) -> None:  # noqa: ANN401
    item_id = bought(viewer, performer)
    by = {
        "other performer": lambda: factories.actor(come(factories.performer())),
        "its viewer": lambda: factories.actor(viewer),
        "nobody": lambda: ANONYMOUS,
    }[who]()
    with pytest.raises(NotFound):
        verb(by=by, item_id=item_id)
    assert status_of(item_id) == "created"


def test_only_its_viewer_cancels(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    for somebody in (rich(factories.viewer()), performer):
        with pytest.raises(NotFound):
            services.cancel(by=factories.actor(somebody), item_id=item_id)


@pytest.mark.parametrize("verb", [services.start, services.finish, services.abandon, services.refund, services.cancel])
def test_what_does_not_exist_is_not_found(performer: Performer, verb: Any) -> None:  # noqa: ANN401
    with pytest.raises(NotFound):
        verb(by=factories.actor(performer), item_id=uuid4())


def test_staff_may_do_it_for_her(performer: Performer, viewer: Viewer) -> None:
    staff = factories.actor(factories.staff())
    item_id = bought(viewer, performer)
    services.start(by=staff, item_id=item_id)
    services.finish(by=staff, item_id=item_id)
    assert (status_of(item_id), earned_by(performer)) == ("finished", 100)


def test_an_item_is_seen_by_its_two_sides_and_staff(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    for who in (performer, viewer, factories.staff()):
        assert item_for(factories.actor(who), item_id).id == item_id
    for who in (factories.viewer(), factories.performer(), factories.manager()):
        with pytest.raises(NotFound):
            item_for(factories.actor(who), item_id)


# --- passing through


def test_mode_off_settles_at_once(performer: Performer, viewer: Viewer) -> None:
    waiting = bought(viewer, performer)
    services.save_settings(performer_id=performer.pk, changes={"mode": "OFF"})
    item = services.enqueue(by=factories.actor(viewer), intake=intake(viewer, performer))
    assert (item["status"], item["passThroughMode"], item["position"], item["settled"]) == (
        "finished",
        True,
        None,
        True,
    )
    assert (tokens_of(viewer), earned_by(performer)) == ((800, 100), 100)
    assert (depth_of(performer), state_of(performer), status_of(waiting)) == (1, State.IN_QUEUE, "created")


def test_passing_through_is_possible_beside_a_running_item_and_a_full_queue(
    performer: Performer, viewer: Viewer
) -> None:
    running(viewer, performer, tokens=1)
    for _ in range(MAX_DEPTH - 1):
        bought(viewer, performer, tokens=1)
    services.save_settings(performer_id=performer.pk, changes={"mode": "OFF"})
    assert status_of(bought(viewer, performer)) == "finished"
    assert depth_of(performer) == MAX_DEPTH


def test_passing_through_has_its_history(performer: Performer, viewer: Viewer) -> None:
    services.save_settings(performer_id=performer.pk, changes={"mode": "OFF"})
    steps = list(events_of(bought(viewer, performer)).values_list("event", "to_status"))
    assert steps == [("enqueue", "created"), ("pass_through", "finished")]


# --- the line


def test_leaving_while_performing_is_refused(performer: Performer, viewer: Viewer) -> None:
    running(viewer, performer)
    with pytest.raises(DomainError, match="Cannot leave queue during performance"):
        services.leave(by=factories.actor(performer), performer_id=performer.pk)
    with pytest.raises(DomainError, match="Cannot leave queue during performance"):
        states.request_state(by=factories.actor(performer), performer_id=performer.pk, target=State.IDLE)
    assert state_of(performer) is State.PERFORMING


def test_leaving_keeps_what_is_queued(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    services.leave(by=factories.actor(performer), performer_id=performer.pk)
    assert (status_of(item_id), state_of(performer)) == ("created", State.IDLE)
    services.join(by=factories.actor(performer), performer_id=performer.pk)
    services.start(by=factories.actor(performer), item_id=item_id)


def test_a_place_in_the_line_has_its_wait(performer: Performer, viewer: Viewer) -> None:
    second = factories.performer()
    states.sign_in(by=factories.actor(second), performer_id=second.pk)
    place = services.join(by=factories.actor(second), performer_id=second.pk)
    assert (place.state.queue_position, place.estimated_wait_seconds) == (2, 60)
    bought(viewer, second)
    services.leave(by=factories.actor(second), performer_id=second.pk)
    assert services.join(by=factories.actor(second), performer_id=second.pk).estimated_wait_seconds == 0


def test_her_last_sign_out_is_refused_while_she_performs(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    with pytest.raises(DomainError) as refused:
        states.sign_out(by=factories.actor(performer), performer_id=performer.pk)
    assert refused.value.code == "CANNOT_SIGN_OUT_DURING_PERFORMANCE"
    assert (status_of(item_id), state_of(performer)) == ("started", State.PERFORMING)


def test_forced_out_her_performance_is_refunded_first(performer: Performer, viewer: Viewer) -> None:
    services.save_settings(performer_id=performer.pk, changes={"auto_rejoin": True})
    item_id = running(viewer, performer)
    states.sign_out(by=SYSTEM, performer_id=performer.pk, forced=True)
    item = QueueItem.objects.get(pk=item_id)
    assert (item.status, item.refund_reason) == ("refunded", "performer_disconnected")
    assert (state_of(performer), tokens_of(viewer)) == (State.OFFLINE, (1000, 0))
