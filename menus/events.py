"""What other screens hear about a performer's menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from core.events import Event


@dataclass(frozen=True, kw_only=True)
class PreferencesChanged(Event):
    """She changed how her menu looks."""

    name: ClassVar[str] = "model.preferences.changed"
    performer_id: UUID
    version: int

    @property
    def of(self) -> str:
        """Her preferences."""
        return f"preferences:{self.performer_id}"

    @property
    def rooms(self) -> tuple[str, ...]:
        """Her own screens."""
        return (f"model:{self.performer_id}",)

    @property
    def thing_version(self) -> int | None:
        """Grows by one per change."""
        return self.version

    def data(self) -> dict[str, Any]:
        """Ids and the version."""
        return {"modelId": str(self.performer_id), "version": self.version}


@dataclass(frozen=True, kw_only=True)
class MenuChanged(Event):
    """What she offers has changed; her screens and her room look again."""

    name: ClassVar[str] = "model.menu.changed"
    performer_id: UUID

    @property
    def of(self) -> str:
        """Her menus."""
        return f"menu:{self.performer_id}"

    @property
    def rooms(self) -> tuple[str, ...]:
        """Her own screens and everybody in her room."""
        return (f"model:{self.performer_id}", f"room:{self.performer_id}")

    def data(self) -> dict[str, Any]:
        """Ids; no version: it is a hint to look again."""
        return {"modelId": str(self.performer_id), "version": None}
