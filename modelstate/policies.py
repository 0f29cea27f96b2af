"""When an event may fire. Who may fire it is a question of permissions, not asked here."""

from __future__ import annotations

from core.exceptions import DomainError, error_for_code
from modelstate.exceptions import CannotStream, InvalidStateTransition
from modelstate.states import OWN_EVENTS, PERFORMING_STATES, STREAMING_STATES, TRANSITIONS, Event, State, cell


def check_can(event: Event, state: State) -> None:
    """Pass where the event moves the state; raise the very refusal of the transition table otherwise."""
    refusal = cell(event, state).refusal
    if refusal is not None:
        raise error_for_code(refusal, event=event.value, state=state.value)


def can(event: Event, state: State) -> bool:
    """Whether `check_can` passes."""
    return cell(event, state).refusal is None


def reason_against(event: Event, state: State) -> DomainError | None:
    """The refusal that `check_can` would raise, for a button's tooltip; None where it would pass."""
    try:
        check_can(event, state)
    except DomainError as refusal:
        return refusal
    return None


def event_towards(state: State, target: State) -> Event:
    """The event of her own that leads from `state` to `target`.

    Raises the refusal of the event she would need, or InvalidStateTransition where no event leads there.
    """
    for event in OWN_EVENTS:
        if TRANSITIONS[event].get(state) == target:
            return event
    if state in PERFORMING_STATES and target != state:
        stops = target not in STREAMING_STATES and target in PERFORMING_STATES
        check_can(Event.STOP_STREAM if stops else Event.LEAVE_QUEUE, state)
    raise InvalidStateTransition(
        f"There is no way from {state.value} to {target.value}.", state=state.value, target=target.value
    )


def check_can_broadcast(*, camera: str, microphone: str) -> None:
    """Raise CannotStream where neither picture nor sound is chosen."""
    if not camera and not microphone:
        raise CannotStream()
