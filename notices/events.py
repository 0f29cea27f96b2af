"""What the world hears of notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from core.events import Event, publish


@dataclass(frozen=True, kw_only=True)
class NotificationEvent(Event):
    """Something about somebody's notices."""

    owner_id: str

    @property
    def of(self) -> str:
        """The owner's notices; they have no version, the page asks for what is unread."""
        return f"notifications:{self.owner_id}"

    @property
    def rooms(self) -> tuple[str, ...]:
        """All devices of the owner."""
        return (f"model:{self.owner_id}", f"viewer:{self.owner_id}")


@dataclass(frozen=True, kw_only=True)
class NotificationCreated(NotificationEvent):
    """Somebody was told something: which message, never its words."""

    name: ClassVar[str] = "notification.created"
    id: str
    template_key: str
    severity: str

    def data(self) -> dict[str, Any]:
        """The notice's id, and the key of the words to show."""
        return {"id": self.id, "templateKey": self.template_key, "severity": self.severity}


@dataclass(frozen=True, kw_only=True)
class NotificationsRead(NotificationEvent):
    """Somebody has read notices: his other devices count anew."""

    name: ClassVar[str] = "notification.read"

    def data(self) -> dict[str, Any]:
        """Whose."""
        return {"ownerId": self.owner_id}


def announce_read(owner_id: UUID) -> None:
    """Announce it after the commit."""
    publish(NotificationsRead(owner_id=str(owner_id)))


def announce(notices: Iterable[Mapping[str, Any] | None]) -> None:
    """Announce after the commit what `notices_put` answered: not what was told before, not what nobody wanted."""
    publish(
        *(
            NotificationCreated(
                id=notice["id"], owner_id=notice["owner"], template_key=notice["key"], severity=notice["severity"]
            )
            for notice in notices
            if notice is not None and not notice.get("again")
        )
    )
