"""What a performer is doing, and the one table of what may follow what.

The database holds the same table (`modelstate_transition`, written by migration); a test compares the two.
The diagram in docs/reference/states.md is generated from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import TextChoices


class State(TextChoices):
    """The seven states of S0."""

    OFFLINE = "OFFLINE"
    IDLE = "IDLE"
    STREAMING = "STREAMING"
    IN_QUEUE = "IN_QUEUE"
    PERFORMING = "PERFORMING"
    STREAM_IN_QUEUE = "STREAM_IN_QUEUE"
    STREAM_PERFORMING = "STREAM_PERFORMING"


class Event(TextChoices):
    """What moves a performer from one state to another; nobody sets a state by name."""

    LOGIN = "login"
    START_STREAM = "start_stream"
    STOP_STREAM = "stop_stream"
    JOIN_QUEUE = "join_queue"
    LEAVE_QUEUE = "leave_queue"
    PERFORMANCE_STARTED = "performance_started"
    PERFORMANCE_ENDED = "performance_ended"
    LOGOUT = "logout"
    DISCONNECT_TIMEOUT = "disconnect_timeout"


STREAMING_STATES = frozenset({State.STREAMING, State.STREAM_IN_QUEUE, State.STREAM_PERFORMING})
LINE_STATES = frozenset({State.IN_QUEUE, State.STREAM_IN_QUEUE})
PERFORMING_STATES = frozenset({State.PERFORMING, State.STREAM_PERFORMING})

#: A door may ask for these; performance_started and performance_ended belong to the queue.
OWN_EVENTS = (Event.START_STREAM, Event.STOP_STREAM, Event.JOIN_QUEUE, Event.LEAVE_QUEUE)

_TO_OFFLINE: Mapping[State, State] = {
    State.IDLE: State.OFFLINE,
    State.STREAMING: State.OFFLINE,
    State.IN_QUEUE: State.OFFLINE,
    State.STREAM_IN_QUEUE: State.OFFLINE,
}

TRANSITIONS: Mapping[Event, Mapping[State, State]] = {
    Event.LOGIN: {State.OFFLINE: State.IDLE},
    Event.START_STREAM: {State.IDLE: State.STREAMING},
    Event.STOP_STREAM: {State.STREAMING: State.IDLE, State.STREAM_IN_QUEUE: State.IN_QUEUE},
    Event.JOIN_QUEUE: {State.IDLE: State.IN_QUEUE, State.STREAMING: State.STREAM_IN_QUEUE},
    Event.LEAVE_QUEUE: {State.IN_QUEUE: State.IDLE, State.STREAM_IN_QUEUE: State.STREAMING},
    Event.PERFORMANCE_STARTED: {
        State.IN_QUEUE: State.PERFORMING,
        State.STREAM_IN_QUEUE: State.STREAM_PERFORMING,
    },
    Event.PERFORMANCE_ENDED: {
        State.PERFORMING: State.IDLE,
        State.STREAM_PERFORMING: State.STREAMING,
    },
    Event.LOGOUT: _TO_OFFLINE,
    Event.DISCONNECT_TIMEOUT: _TO_OFFLINE,
}

INVALID = "INVALID_STATE_TRANSITION"


@dataclass(frozen=True)
class StateRule:
    """Where an event is possible, and where it is forbidden by name; anywhere else it makes no sense."""

    required: frozenset[State]
    prohibited: Mapping[State, str] = field(default_factory=dict)


def _rule(event: Event, prohibited: Mapping[State, str] | None = None) -> StateRule:
    return StateRule(frozenset(TRANSITIONS[event]), prohibited or {})


RULES: Mapping[Event, StateRule] = {
    Event.LOGIN: _rule(Event.LOGIN),
    Event.START_STREAM: _rule(Event.START_STREAM),
    Event.STOP_STREAM: _rule(Event.STOP_STREAM, {State.STREAM_PERFORMING: "CANNOT_STOP_DURING_PERFORMANCE"}),
    Event.JOIN_QUEUE: _rule(Event.JOIN_QUEUE, dict.fromkeys(LINE_STATES | PERFORMING_STATES, INVALID)),
    Event.LEAVE_QUEUE: _rule(Event.LEAVE_QUEUE, dict.fromkeys(PERFORMING_STATES, "CANNOT_LEAVE_DURING_PERFORMANCE")),
    Event.PERFORMANCE_STARTED: _rule(Event.PERFORMANCE_STARTED, dict.fromkeys(PERFORMING_STATES, "ALREADY_PROCESSING")),
    Event.PERFORMANCE_ENDED: _rule(Event.PERFORMANCE_ENDED),
    Event.LOGOUT: _rule(Event.LOGOUT, dict.fromkeys(PERFORMING_STATES, "CANNOT_SIGN_OUT_DURING_PERFORMANCE")),
    Event.DISCONNECT_TIMEOUT: _rule(Event.DISCONNECT_TIMEOUT),
}


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix: where an event leads from a state, or the code it is refused with."""

    event: Event
    from_state: State
    to_state: State | None
    refusal: str | None


def cell(event: Event, state: State) -> Cell:
    """What `event` does in `state`."""
    target = TRANSITIONS[event].get(state)
    refusal = None if target else RULES[event].prohibited.get(state, INVALID)
    return Cell(event, state, target, refusal)


def matrix() -> Iterator[Cell]:
    """Every event in every state: the rows of `modelstate_transition`."""
    return (cell(event, state) for event in Event for state in State)
