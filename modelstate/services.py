"""Every change of a performer's state that a person asks for. Performances are moved by the queue."""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import UUID

from django.db import transaction

from core.actors import Actor
from core.ratelimits import Shield
from core.sql import call, call_value, refusal_of
from modelstate import hooks, policies
from modelstate.events import StateChanged, announce_with_line
from modelstate.models import BroadcastSettings
from modelstate.queries import Broadcast, StateView, broadcast_of, get_state
from modelstate.states import Event, State

#: Starting and stopping share one budget.
STREAM_TOGGLES = Shield("stream.toggle", limit=20, period_seconds=3600)


def start_stream(*, by: Actor, performer_id: UUID) -> StateView:
    """Put her on air.

    Raises InvalidStateTransition unless she is IDLE, CannotStream where her settings are not fit,
    RateLimitExceeded after 20 toggles in an hour.
    """
    STREAM_TOGGLES.hit(performer_id)
    policies.check_can(Event.START_STREAM, get_state(performer_id).state)
    settings = broadcast_of(performer_id)
    policies.check_can_broadcast(camera=settings.camera, microphone=settings.microphone)
    return _act(Event.START_STREAM, by=by, performer_id=performer_id)


def stop_stream(*, by: Actor, performer_id: UUID) -> StateView:
    """Take her off air; in the line she keeps her place.

    Raises CannotStopDuringPerformance, InvalidStateTransition where no stream is on, RateLimitExceeded.
    """
    STREAM_TOGGLES.hit(performer_id)
    return _act(Event.STOP_STREAM, by=by, performer_id=performer_id)


def join_line(*, by: Actor, performer_id: UUID) -> StateView:
    """Take the last place in the line. Raises InvalidStateTransition unless she is IDLE or STREAMING."""
    return _act(Event.JOIN_QUEUE, by=by, performer_id=performer_id)


def leave_line(*, by: Actor, performer_id: UUID) -> StateView:
    """Give up her place. Raises CannotLeaveDuringPerformance, InvalidStateTransition where she has none."""
    return _act(Event.LEAVE_QUEUE, by=by, performer_id=performer_id)


def request_state(*, by: Actor, performer_id: UUID, target: State) -> StateView:
    """Fire the event of her own that leads to `target`; raises the refusal of the event that would be needed."""
    event = policies.event_towards(get_state(performer_id).state, target)
    return _REQUESTS[event](by=by, performer_id=performer_id)


_REQUESTS = {
    Event.START_STREAM: start_stream,
    Event.STOP_STREAM: stop_stream,
    Event.JOIN_QUEUE: join_line,
    Event.LEAVE_QUEUE: leave_line,
}


def sign_in(*, by: Actor, performer_id: UUID) -> None:
    """Her first sign-in brings her from OFFLINE to IDLE; a further one changes nothing."""
    with transaction.atomic():
        step = call_value(
            "modelstate_act", performer=performer_id, event=Event.LOGIN.value, actor=by.id, reason="signed_in"
        )
        if "refusal" not in step:
            announce_with_line(step)


def sign_out(*, by: Actor, performer_id: UUID, forced: bool = False) -> None:
    """Her last sign-out ends the stream and leaves the line.

    Raises CannotSignOutDuringPerformance, unless `forced`: then the running item is abandoned first.
    """
    with transaction.atomic():
        refused = _leave(by=by, performer_id=performer_id)
        if refused is None or refused["state"] == State.OFFLINE:
            return
        if not forced:
            raise refusal_of(refused)
        hooks.end_work(by=by, performer_id=performer_id)
        _act(Event.LOGOUT, by=by, performer_id=performer_id, reason="signed_out")


def _leave(*, by: Actor, performer_id: UUID) -> dict[str, str] | None:
    step: dict[str, str] = call_value(
        "modelstate_act", performer=performer_id, event=Event.LOGOUT.value, actor=by.id, reason="signed_out"
    )
    if "refusal" in step:
        return step
    announce_with_line(step)
    return None


def _act(event: Event, *, by: Actor, performer_id: UUID, reason: str = "model_action") -> StateView:
    with transaction.atomic():
        announce_step(event, by=by, performer_id=performer_id, reason=reason)
        return get_state(performer_id)


def announce_step(event: Event, *, by: Actor, performer_id: UUID, reason: str) -> StateChanged:
    """Fire one event and announce it after the commit; raises the transition table's refusal."""
    step = call("modelstate_act", performer=performer_id, event=event.value, actor=by.id, reason=reason)
    return announce_with_line(step)


def save_broadcast(*, performer_id: UUID, changes: dict[str, str]) -> Broadcast:
    """Merge `changes` into her broadcast settings and return the whole; keys saved at the same time stay."""
    BroadcastSettings.objects.update_or_create(
        performer_id=performer_id, defaults=changes, create_defaults=asdict(replace(Broadcast(), **changes))
    )
    return broadcast_of(performer_id)
