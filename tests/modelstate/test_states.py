"""The transition table: what it says, and that every other place says the same."""

from __future__ import annotations

import pytest

from core.exceptions import REGISTRY, DomainError
from modelstate.exceptions import REASONS
from modelstate.models import Transition
from modelstate.policies import can, check_can, event_towards, reason_against
from modelstate.states import RULES, TRANSITIONS, Event, State, matrix

CELLS = [(event, state) for event in Event for state in State]

#: The state machine, written out once more by hand.
EXPECTED = {
    ("login", "OFFLINE"): "IDLE",
    ("start_stream", "IDLE"): "STREAMING",
    ("stop_stream", "STREAMING"): "IDLE",
    ("stop_stream", "STREAM_IN_QUEUE"): "IN_QUEUE",
    ("join_queue", "IDLE"): "IN_QUEUE",
    ("join_queue", "STREAMING"): "STREAM_IN_QUEUE",
    ("leave_queue", "IN_QUEUE"): "IDLE",
    ("leave_queue", "STREAM_IN_QUEUE"): "STREAMING",
    ("performance_started", "IN_QUEUE"): "PERFORMING",
    ("performance_started", "STREAM_IN_QUEUE"): "STREAM_PERFORMING",
    ("performance_ended", "PERFORMING"): "IDLE",
    ("performance_ended", "STREAM_PERFORMING"): "STREAMING",
    ("logout", "IDLE"): "OFFLINE",
    ("logout", "STREAMING"): "OFFLINE",
    ("logout", "IN_QUEUE"): "OFFLINE",
    ("logout", "STREAM_IN_QUEUE"): "OFFLINE",
    ("disconnect_timeout", "IDLE"): "OFFLINE",
    ("disconnect_timeout", "STREAMING"): "OFFLINE",
    ("disconnect_timeout", "IN_QUEUE"): "OFFLINE",
    ("disconnect_timeout", "STREAM_IN_QUEUE"): "OFFLINE",
}
NAMED_REFUSALS = {
    ("stop_stream", "STREAM_PERFORMING"): "CANNOT_STOP_DURING_PERFORMANCE",
    ("leave_queue", "PERFORMING"): "CANNOT_LEAVE_DURING_PERFORMANCE",
    ("leave_queue", "STREAM_PERFORMING"): "CANNOT_LEAVE_DURING_PERFORMANCE",
    ("performance_started", "PERFORMING"): "ALREADY_PROCESSING",
    ("performance_started", "STREAM_PERFORMING"): "ALREADY_PROCESSING",
    ("logout", "PERFORMING"): "CANNOT_SIGN_OUT_DURING_PERFORMANCE",
    ("logout", "STREAM_PERFORMING"): "CANNOT_SIGN_OUT_DURING_PERFORMANCE",
}


def test_the_matrix_has_a_cell_for_every_event_in_every_state() -> None:
    assert [(c.event, c.from_state) for c in matrix()] == CELLS


@pytest.mark.parametrize(("event", "state"), CELLS)
def test_the_table_is_the_products(event: Event, state: State) -> None:
    found = next(c for c in matrix() if (c.event, c.from_state) == (event, state))
    moves = EXPECTED.get((event.value, state.value))
    assert found.to_state == moves
    named = NAMED_REFUSALS.get((event.value, state.value), "INVALID_STATE_TRANSITION")
    assert found.refusal == (None if moves else named)


@pytest.mark.parametrize(("event", "state"), CELLS)
def test_the_policy_passes_where_the_table_moves_and_refuses_with_its_code(event: Event, state: State) -> None:
    if (event.value, state.value) in EXPECTED:
        check_can(event, state)
        assert can(event, state)
        assert reason_against(event, state) is None
        return
    with pytest.raises(DomainError) as refused:
        check_can(event, state)
    code = NAMED_REFUSALS.get((event.value, state.value), "INVALID_STATE_TRANSITION")
    assert (refused.value.code, refused.value.status) == (code, 409)
    assert not can(event, state)
    tooltip = reason_against(event, state)
    assert tooltip is not None
    assert tooltip.message == refused.value.message


@pytest.mark.django_db
def test_the_database_holds_the_same_table() -> None:
    rows = set(Transition.objects.values_list("event", "from_state", "to_state", "refusal"))
    assert rows == {(c.event, c.from_state, c.to_state, c.refusal) for c in matrix()}


def test_the_menus_rules_are_those_of_the_appendix() -> None:
    performing = {State.PERFORMING, State.STREAM_PERFORMING}
    line = {State.IN_QUEUE, State.STREAM_IN_QUEUE}
    appendix: dict[Event, tuple[set[State], set[State]]] = {
        Event.START_STREAM: ({State.IDLE}, set()),
        Event.STOP_STREAM: ({State.STREAMING, State.STREAM_IN_QUEUE}, {State.STREAM_PERFORMING}),
        Event.JOIN_QUEUE: ({State.IDLE, State.STREAMING}, line | performing),
        Event.LEAVE_QUEUE: (line, performing),
    }
    for event, (required, prohibited) in appendix.items():
        assert (set(RULES[event].required), set(RULES[event].prohibited)) == (required, prohibited)


def test_every_code_of_the_table_is_a_refusal_with_words() -> None:
    for refusal in {c.refusal for c in matrix() if c.refusal}:
        assert REGISTRY[refusal].default


def test_words_are_kept_for_real_refusals_only() -> None:
    refused = {(c.event.value, c.from_state.value) for c in matrix() if c.refusal}
    own = {pair for pair in REASONS if pair[0] in Event.values}
    assert own <= refused


@pytest.mark.parametrize(
    ("event", "state", "words"),
    [
        (Event.LEAVE_QUEUE, State.PERFORMING, "Cannot leave queue during performance"),
        (Event.LEAVE_QUEUE, State.STREAM_PERFORMING, "Cannot leave queue during performance"),
        (Event.START_STREAM, State.IN_QUEUE, "Leave the queue first."),
        (Event.JOIN_QUEUE, State.STREAM_IN_QUEUE, "You are already in the queue."),
        (Event.PERFORMANCE_ENDED, State.IDLE, "This is not possible in the present state."),
    ],
)
def test_the_words_fit_a_tooltip(event: Event, state: State, words: str) -> None:
    refusal = reason_against(event, state)
    assert refusal is not None
    assert refusal.message == words


def test_no_event_leads_into_a_performance_but_the_queues() -> None:
    into = {e for e, moves in TRANSITIONS.items() for to in moves.values() if "PERFORMING" in to}
    assert into == {Event.PERFORMANCE_STARTED}


@pytest.mark.parametrize(
    ("state", "target", "code"),
    [
        (State.PERFORMING, State.IDLE, "CANNOT_LEAVE_DURING_PERFORMANCE"),
        (State.STREAM_PERFORMING, State.STREAMING, "CANNOT_LEAVE_DURING_PERFORMANCE"),
        (State.STREAM_PERFORMING, State.PERFORMING, "CANNOT_STOP_DURING_PERFORMANCE"),
        (State.IDLE, State.PERFORMING, "INVALID_STATE_TRANSITION"),
        (State.OFFLINE, State.STREAMING, "INVALID_STATE_TRANSITION"),
        (State.IDLE, State.IDLE, "INVALID_STATE_TRANSITION"),
        (State.PERFORMING, State.PERFORMING, "INVALID_STATE_TRANSITION"),
    ],
)
def test_a_target_that_no_event_reaches_is_refused(state: State, target: State, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        event_towards(state, target)
    assert refused.value.code == code
