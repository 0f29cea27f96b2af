"""Bringing a performer into a state by the events that lead there."""

from __future__ import annotations

from uuid import UUID

from accounts.models import Performer
from modelstate.services import announce_step
from modelstate.states import Event, State
from tests import factories
from tests.support.database import Connection

STREAM_LINE = (Event.LOGIN, Event.START_STREAM, Event.JOIN_QUEUE)
WAYS: dict[State, tuple[Event, ...]] = {
    State.OFFLINE: (),
    State.IDLE: (Event.LOGIN,),
    State.STREAMING: (Event.LOGIN, Event.START_STREAM),
    State.IN_QUEUE: (Event.LOGIN, Event.JOIN_QUEUE),
    State.PERFORMING: (Event.LOGIN, Event.JOIN_QUEUE, Event.PERFORMANCE_STARTED),
    State.STREAM_IN_QUEUE: STREAM_LINE,
    State.STREAM_PERFORMING: (*STREAM_LINE, Event.PERFORMANCE_STARTED),
}
OWN_STATES = [state for state in State if Event.PERFORMANCE_STARTED not in WAYS[state]]


def performer_in(state: State) -> Performer:
    """A new performer brought into `state` by the application's own means."""
    performer = factories.performer()
    for event in WAYS[state]:
        announce_step(event, by=factories.actor(performer), performer_id=performer.pk, reason="test")
    return performer


def bring(owner: Connection, performer_id: UUID, state: State) -> None:
    """Bring a performer into `state` as the database's owner, who may fire the queue's events too."""
    owner.execute("SELECT modelstate_lock(%s)", [performer_id])
    for event in WAYS[state]:
        apply(owner, performer_id, event)


def apply(owner: Connection, performer_id: UUID, event: Event) -> dict[str, object]:
    """Fire one event inside the database."""
    row = owner.execute("SELECT modelstate_apply(%s, %s, NULL, 'test')", [performer_id, event.value]).fetchone()
    assert row is not None
    assert isinstance(row[0], dict)
    return row[0]
