"""A performer's changes of state, as the rooms above ask for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache

from core.actors import SYSTEM
from core.exceptions import DomainError, NotFound, RateLimitExceeded
from modelstate import hooks, services
from modelstate.exceptions import CannotStream, InvalidStateTransition
from modelstate.models import ModelState, StateChange
from modelstate.queries import get_state, history_of, state_version, states_of
from modelstate.states import Event, State
from tests import factories
from tests.modelstate.support import OWN_STATES, WAYS, performer_in

pytestmark = pytest.mark.django_db
FLAGS = {
    State.OFFLINE: (False, False, False),
    State.IDLE: (False, False, False),
    State.STREAMING: (True, False, False),
    State.IN_QUEUE: (False, True, False),
    State.STREAM_IN_QUEUE: (True, True, False),
}


@pytest.fixture(autouse=True)
def fresh_shields() -> None:
    """No attempts of other tests are counted."""
    cache.clear()


def test_it_goes_from_idle_to_streaming() -> None:
    performer = performer_in(State.IDLE)
    services.start_stream(by=factories.actor(performer), performer_id=performer.pk)
    state = get_state(performer.pk)
    assert (state.state, state.streaming) == ("STREAMING", True)


@pytest.mark.parametrize("state", OWN_STATES)
def test_the_booleans_follow_from_the_state(state: State) -> None:
    view = get_state(performer_in(state).pk)
    assert (view.streaming, view.in_queue, view.performing) == FLAGS[state]
    assert view.queue_position == (1 if view.in_queue else None)


def test_every_change_is_one_version_and_one_row_of_history() -> None:
    performer = performer_in(State.STREAM_IN_QUEUE)
    steps = list(history_of(performer.pk).values_list("version", "event", "from_state", "to_state"))
    assert steps == [
        (3, "join_queue", "STREAMING", "STREAM_IN_QUEUE"),
        (2, "start_stream", "IDLE", "STREAMING"),
        (1, "login", "OFFLINE", "IDLE"),
    ]
    assert state_version(performer.pk) == 3


def test_a_refused_event_leaves_no_trace() -> None:
    performer = performer_in(State.IN_QUEUE)
    before = StateChange.objects.count()
    with pytest.raises(InvalidStateTransition, match="Leave the queue first"):
        services.start_stream(by=factories.actor(performer), performer_id=performer.pk)
    assert (StateChange.objects.count(), get_state(performer.pk).version) == (before, 2)


def test_repeating_an_event_is_refused() -> None:
    performer = performer_in(State.STREAMING)
    with pytest.raises(InvalidStateTransition, match="already on"):
        services.start_stream(by=factories.actor(performer), performer_id=performer.pk)


def test_somebody_unknown_has_no_state_to_change() -> None:
    with pytest.raises(NotFound):
        services.join_line(by=SYSTEM, performer_id=uuid4())
    assert not ModelState.objects.exists()


def test_the_history_tells_who_and_why() -> None:
    performer = performer_in(State.IDLE)
    services.join_line(by=factories.actor(performer), performer_id=performer.pk)
    last = history_of(performer.pk)[0]
    assert (last.actor_id, last.reason) == (performer.pk, "model_action")


def test_a_stream_needs_picture_or_sound() -> None:
    performer = performer_in(State.IDLE)
    services.save_broadcast(performer_id=performer.pk, changes={"camera": "", "microphone": ""})
    with pytest.raises(CannotStream, match="camera or a microphone"):
        services.start_stream(by=factories.actor(performer), performer_id=performer.pk)
    assert get_state(performer.pk).state == State.IDLE


def test_the_state_is_refused_before_the_settings() -> None:
    performer = performer_in(State.IN_QUEUE)
    services.save_broadcast(performer_id=performer.pk, changes={"camera": "", "microphone": ""})
    with pytest.raises(InvalidStateTransition):
        services.start_stream(by=factories.actor(performer), performer_id=performer.pk)


def test_starting_and_stopping_share_twenty_attempts_an_hour() -> None:
    performer = performer_in(State.IDLE)
    by = factories.actor(performer)
    for _ in range(10):
        services.start_stream(by=by, performer_id=performer.pk)
        services.stop_stream(by=by, performer_id=performer.pk)
    with pytest.raises(RateLimitExceeded):
        services.start_stream(by=by, performer_id=performer.pk)


# --- the line


def test_the_line_is_first_come_first_served() -> None:
    first, second, third = (performer_in(State.IN_QUEUE) for _ in range(3))
    assert [get_state(p.pk).queue_position for p in (first, second, third)] == [1, 2, 3]
    services.leave_line(by=factories.actor(first), performer_id=first.pk)
    assert [get_state(p.pk).queue_position for p in (first, second, third)] == [None, 1, 2]
    services.join_line(by=factories.actor(first), performer_id=first.pk)
    assert get_state(first.pk).queue_position == 3


def test_stopping_the_stream_keeps_the_place() -> None:
    streaming = performer_in(State.STREAM_IN_QUEUE)
    performer_in(State.IN_QUEUE)
    services.stop_stream(by=factories.actor(streaming), performer_id=streaming.pk)
    state = get_state(streaming.pk)
    assert (state.state, state.queue_position) == (State.IN_QUEUE, 1)


def test_a_freed_place_is_told_and_those_behind_move_up() -> None:
    heard: list[tuple[UUID, int | None]] = []
    first, second, third = (performer_in(State.IN_QUEUE) for _ in range(3))
    hooks.register_line_listener(lambda performer_id, freed: heard.append((performer_id, freed)))
    try:
        services.leave_line(by=factories.actor(second), performer_id=second.pk)
    finally:
        hooks._listeners.pop()
    [(who, ticket)] = heard
    assert who == second.pk
    assert ticket is not None
    assert get_state(first.pk).queue_position == 1
    assert get_state(third.pk).queue_position == 2


def test_states_of_several_in_one_query(django_assert_num_queries: Any) -> None:  # noqa: ANN401
    idle, online = performer_in(State.IDLE), performer_in(State.STREAMING)
    with django_assert_num_queries(1):
        found = states_of([idle.pk, online.pk, uuid4()])
    assert found == {idle.pk: State.IDLE, online.pk: State.STREAMING}


# --- a request that names a target


@pytest.mark.parametrize(
    ("state", "target"),
    [
        (State.IDLE, State.STREAMING),
        (State.STREAMING, State.IDLE),
        (State.IDLE, State.IN_QUEUE),
        (State.STREAM_IN_QUEUE, State.STREAMING),
        (State.STREAM_IN_QUEUE, State.IN_QUEUE),
    ],
)
def test_a_target_fires_the_event_that_leads_there(state: State, target: State) -> None:
    performer = performer_in(state)
    reached = services.request_state(by=factories.actor(performer), performer_id=performer.pk, target=target)
    assert reached.state == target


def test_a_target_that_skips_a_step_is_refused() -> None:
    performer = performer_in(State.IDLE)
    with pytest.raises(InvalidStateTransition, match="no way from IDLE to PERFORMING"):
        services.request_state(by=factories.actor(performer), performer_id=performer.pk, target=State.PERFORMING)


# --- coming and going


def test_signing_in_brings_her_to_idle_and_a_second_device_changes_nothing() -> None:
    performer = factories.performer()
    factories.tokens(performer)
    assert get_state(performer.pk).state == State.IDLE
    factories.tokens(performer)
    assert get_state(performer.pk).version == 1


def test_a_second_sign_in_while_streaming_goes_on_streaming() -> None:
    performer = performer_in(State.STREAMING)
    services.sign_in(by=factories.actor(performer), performer_id=performer.pk)
    assert get_state(performer.pk).state == State.STREAMING


@pytest.mark.parametrize("state", [s for s in OWN_STATES if s is not State.OFFLINE])
def test_the_last_sign_out_ends_stream_and_line(state: State) -> None:
    performer = performer_in(state)
    services.sign_out(by=factories.actor(performer), performer_id=performer.pk)
    view = get_state(performer.pk)
    assert (view.state, view.queue_position, view.version) == (State.OFFLINE, None, len(WAYS[state]) + 1)


def test_signing_out_twice_is_harmless() -> None:
    performer = performer_in(State.OFFLINE)
    services.sign_out(by=factories.actor(performer), performer_id=performer.pk)
    assert get_state(performer.pk).state == State.OFFLINE


# --- what the world hears


def test_it_emits_an_event_on_state_change(
    sent: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,  # noqa: ANN401
) -> None:
    performer = performer_in(State.IDLE)
    with django_capture_on_commit_callbacks(execute=True):
        services.start_stream(by=factories.actor(performer), performer_id=performer.pk)
    [frame] = sent
    assert (frame["event"], frame["of"], frame["version"]) == ("model.state.changed", f"state:{performer.pk}", 2)
    timestamp = frame["data"].pop("timestamp")
    assert timestamp.endswith("Z")
    assert frame["data"] == {
        "modelId": str(performer.pk),
        "previousState": "IDLE",
        "newState": "STREAMING",
        "reason": "model_action",
    }


def test_a_refused_event_is_not_heard(
    sent: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,  # noqa: ANN401
) -> None:
    performer = performer_in(State.IDLE)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(DomainError):
        services.stop_stream(by=factories.actor(performer), performer_id=performer.pk)
    assert sent == []


def test_the_queues_events_are_closed_to_everybody_else() -> None:
    performer = performer_in(State.IN_QUEUE)
    with pytest.raises(InvalidStateTransition):
        services.announce_step(Event.PERFORMANCE_STARTED, by=SYSTEM, performer_id=performer.pk, reason="")
    assert get_state(performer.pk).state == State.IN_QUEUE
