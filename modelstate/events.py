"""What the world hears of a performer's state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from core.events import Event, publish
from modelstate.hooks import line_moved
from modelstate.states import LINE_STATES, State


@dataclass(frozen=True, kw_only=True)
class StateChanged(Event):
    """A performer went from one state to another."""

    name: ClassVar[str] = "model.state.changed"
    performer_id: UUID
    previous: State
    state: State
    version: int
    at: datetime
    reason: str
    freed_ticket: int | None = None

    @classmethod
    def of_step(cls, step: dict[str, Any]) -> StateChanged:
        """The event of a step as `modelstate_apply` returns it."""
        return cls(
            performer_id=UUID(step["performer"]),
            previous=State(step["previous"]),
            state=State(step["state"]),
            version=step["version"],
            at=datetime.fromisoformat(step["at"]),
            reason=step["reason"],
            freed_ticket=step["freedTicket"],
        )

    @property
    def of(self) -> str:
        """The thing that changed."""
        return f"state:{self.performer_id}"

    @property
    def rooms(self) -> tuple[str, ...]:
        """All devices of the performer, and her room: it shows whether she is there."""
        return (f"model:{self.performer_id}", f"room:{self.performer_id}")

    @property
    def thing_version(self) -> int:
        """The state's version after the step."""
        return self.version

    @property
    def moves_line(self) -> bool:
        """Whether she took a place in the line or gave one up."""
        return (self.state in LINE_STATES) != (self.previous in LINE_STATES)

    def data(self) -> dict[str, Any]:
        """S0's payload."""
        return {
            "modelId": str(self.performer_id),
            "previousState": self.previous.value,
            "newState": self.state.value,
            "timestamp": self.at.isoformat().replace("+00:00", "Z"),
            "reason": self.reason,
        }


def announce(step: dict[str, Any]) -> StateChanged:
    """Publish a step after the commit."""
    changed = StateChanged.of_step(step)
    publish(changed)
    return changed


def announce_with_line(step: dict[str, Any]) -> StateChanged:
    """Publish a step, and tell who watches the line where a place was taken or given up."""
    changed = announce(step)
    if changed.moves_line:
        line_moved(changed.performer_id, changed.freed_ticket)
    return changed
