"""What the world hears of payouts and verifications."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from core.events import Event, camel_keys, publish


@dataclass(frozen=True, kw_only=True)
class PayoutUpdated(Event):
    """A payout took a step. Her own devices only."""

    name: ClassVar[str] = "wallet.payout.updated"

    performer_id: UUID
    request_id: UUID
    status: str
    version: int

    @property
    def of(self) -> str:
        return f"payout:{self.request_id}"

    @property
    def rooms(self) -> tuple[str, ...]:
        return (f"model:{self.performer_id}",)

    @property
    def thing_version(self) -> int | None:
        return self.version

    def data(self) -> dict[str, Any]:
        return camel_keys({"request_id": str(self.request_id), "status": self.status})


@dataclass(frozen=True, kw_only=True)
class VerificationUpdated(Event):
    """A performer asked for verification, or staff decided."""

    name: ClassVar[str] = "wallet.verification.updated"

    performer_id: UUID
    status: str

    @property
    def of(self) -> str:
        return f"verification:{self.performer_id}"

    @property
    def rooms(self) -> tuple[str, ...]:
        return (f"model:{self.performer_id}",)

    def data(self) -> dict[str, Any]:
        return {"modelId": str(self.performer_id), "status": self.status}


def payout_updated(payout: Mapping[str, Any]) -> None:
    """Announce a step, as `payouts_wire` tells of it, after the commit."""
    publish(
        PayoutUpdated(
            performer_id=UUID(payout["performer_id"]),
            request_id=UUID(payout["id"]),
            status=payout["status"],
            version=payout["version"],
        )
    )


def verification_updated(performer_id: UUID, status: str) -> None:
    """Announce where her wish stands, after the commit."""
    publish(VerificationUpdated(performer_id=performer_id, status=status))
