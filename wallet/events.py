"""What the world hears of the wallet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from core.events import Event, publish


@dataclass(frozen=True, kw_only=True)
class BalanceChanged(Event):
    """Somebody's tokens moved. No amounts: the client fetches them, where it may."""

    name: ClassVar[str] = "wallet.balance.changed"

    owner_id: UUID
    version: int | None

    @property
    def of(self) -> str:
        return f"wallet:{self.owner_id}"

    @property
    def rooms(self) -> tuple[str, ...]:
        return (f"viewer:{self.owner_id}", f"model:{self.owner_id}")

    @property
    def thing_version(self) -> int | None:
        return self.version

    def data(self) -> dict[str, Any]:
        return {"ownerId": str(self.owner_id), "version": self.version}


def balance_changed(owner_id: UUID, version: int | None = None) -> None:
    """Announce it after the commit. A performer's earnings are summed and carry no version."""
    publish(BalanceChanged(owner_id=owner_id, version=version))
