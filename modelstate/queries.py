"""Every read of a performer's state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from modelstate.hooks import CurrentPerformance, current_performance
from modelstate.models import BroadcastSettings, ModelState, StateChange
from modelstate.states import LINE_STATES, PERFORMING_STATES, STREAMING_STATES, State


@dataclass(frozen=True, slots=True)
class StateView:
    """What she is doing, with everything that follows from it."""

    performer_id: UUID
    state: State
    version: int
    queue_position: int | None
    current_performance: CurrentPerformance | None
    last_state_change: datetime | None

    @property
    def streaming(self) -> bool:
        """Whether the stream is on."""
        return self.state in STREAMING_STATES

    @property
    def in_queue(self) -> bool:
        """Whether she waits in the line; false while she performs."""
        return self.state in LINE_STATES

    @property
    def performing(self) -> bool:
        """Whether an item runs."""
        return self.state in PERFORMING_STATES


@dataclass(frozen=True, slots=True)
class Broadcast:
    """What goes on air; an empty device is one she left out."""

    title: str = "Live show"
    quality: str = "auto"
    privacy: str = "public"
    camera: str = "default"
    microphone: str = "default"


@dataclass(frozen=True, slots=True)
class PastState:
    """What she was doing at an instant; `since` is None before her first step."""

    state: State
    version: int
    since: datetime | None


_READ_STATE = """
SELECT s.state, s.version, s.last_change,
       CASE WHEN s.line_ticket IS NOT NULL THEN
         (SELECT count(*) FROM modelstate_modelstate o WHERE o.line_ticket <= s.line_ticket) END
  FROM modelstate_modelstate s
 WHERE s.performer_id = %s
"""


def get_state(performer_id: UUID) -> StateView:
    """Her state, place and work: one query, and one more while she performs. OFFLINE who never signed in."""
    with connection.cursor() as cursor:
        cursor.execute(_READ_STATE, [performer_id])
        row = cursor.fetchone()
    if row is None:
        return StateView(performer_id, State.OFFLINE, 0, None, None, None)
    state = State(row[0])
    work = current_performance(performer_id) if state in PERFORMING_STATES else None
    return StateView(performer_id, state, row[1], row[3], work, row[2])


def states_of(performer_ids: Iterable[UUID]) -> dict[UUID, State]:
    """The states of several performers in one query; who never signed in is left out."""
    rows = ModelState.objects.filter(performer_id__in=performer_ids).values_list("performer_id", "state")
    return {performer_id: State(state) for performer_id, state in rows}


def state_version(performer_id: UUID) -> int:
    """The version of her state, by its primary key; 0 before her first sign-in."""
    found = ModelState.objects.filter(performer_id=performer_id).values_list("version", flat=True).first()
    return found or 0


def history_of(performer_id: UUID) -> QuerySet[StateChange]:
    """Her steps, the newest first."""
    return StateChange.objects.filter(performer_id=performer_id).order_by("-version")


def state_at(performer_id: UUID, at: datetime) -> PastState:
    """Her state at an instant, from her history; OFFLINE before its first step. One statement."""
    step = history_of(performer_id).filter(at__lte=at).first()
    if step is None:
        return PastState(State.OFFLINE, 0, None)
    return PastState(State(step.to_state), step.version, step.at)


def broadcast_of(performer_id: UUID) -> Broadcast:
    """Her broadcast settings, or the house's."""
    row = BroadcastSettings.objects.filter(performer_id=performer_id).first()
    if row is None:
        return Broadcast()
    return Broadcast(row.title, row.quality, row.privacy, row.camera, row.microphone)
