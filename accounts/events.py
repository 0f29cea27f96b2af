"""What accounts tells the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from core.events import Event, camel_keys

ROOMS = "sign-in:"


@dataclass(frozen=True, kw_only=True)
class SignInEnded(Event):
    """A sign-in is over: sockets that were opened with it close."""

    name: ClassVar[str] = "sign_in.ended"
    sign_in_id: UUID

    @property
    def of(self) -> str:
        """The sign-in."""
        return room_of(self.sign_in_id)

    @property
    def rooms(self) -> tuple[str, ...]:
        """Only its own sockets hear it."""
        return (self.of,)

    def data(self) -> dict[str, Any]:
        """The id, which its owner knows as `sessionId`."""
        return camel_keys({"session_id": str(self.sign_in_id)})


def room_of(sign_in_id: UUID) -> str:
    """The room that a socket joins to hear that its sign-in ended."""
    return f"{ROOMS}{sign_in_id}"
