"""The seven states in words, icons and colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from modelstate.queries import StateView
from modelstate.states import State


@dataclass(frozen=True, slots=True)
class StateBadge:
    """A state as the pill and the desk show it: word, icon and sentence, never colour alone."""

    name: str
    word: str
    icon: str
    sentence: str
    since: str = ""

    @property
    def css(self) -> str:
        """The class that carries its colour."""
        return self.name.lower()


WORDS: Mapping[State, tuple[str, str, str]] = {
    State.OFFLINE: ("Offline", "wifi-off", "You are signed in, but not on the platform's floor."),
    State.IDLE: ("Idle", "pause", "You are online. Go live, or join the queue to take paid work."),
    State.STREAMING: ("Streaming", "radio", "You are live. Join the queue to take paid work on stream."),
    State.IN_QUEUE: ("In queue", "list", "You are in the line. Start the next item when you are ready."),
    State.STREAM_IN_QUEUE: ("Live, in queue", "list", "You are live and in the line. Start when you are ready."),
    State.PERFORMING: ("Performing", "timer", "Complete it to be paid, or end it early to refund the viewer."),
    State.STREAM_PERFORMING: ("Live, performing", "timer", "Your stream stays on until this performance ends."),
}


def badge_of(state: State, since: datetime | None = None) -> StateBadge:
    """The badge of a state."""
    word, icon, sentence = WORDS[state]
    return StateBadge(state.value, word, icon, sentence, iso(since))


def badge(view: StateView) -> StateBadge:
    """The badge of a performer's state now."""
    return badge_of(view.state, view.last_state_change)


def iso(at: datetime | None) -> str:
    """An instant as browsers read it."""
    return "" if at is None else at.isoformat()


def all_badges() -> tuple[StateBadge, ...]:
    """Every state, for the help page."""
    return tuple(badge_of(state) for state in State)
