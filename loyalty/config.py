"""How the loyalty service is reached, as one frozen value; None where it is not used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.conf import settings

DialectName = Literal["live", "openapi", "contract_v1"]


@dataclass(frozen=True, slots=True)
class Loyalty:
    """Address, secrets and patience. The secrets never show in a repr."""

    url: str
    hosts: frozenset[str]
    dialect: DialectName
    tenant: str
    client_id: str
    token_secret: str
    queue_secret: str = ""
    webhook_secrets: tuple[str, ...] = ()
    points_per_100_tokens: int = 100
    connect_seconds: float = 2.0
    read_seconds: float = 5.0
    pool_seconds: float = 1.0
    whole_seconds: float = 10.0
    attempts: int = 3
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 30.0
    settle_seconds: float = 30.0
    requests_per_second: int = 100
    open_seconds: float = 30.0
    probe_seconds: float = 15.0

    def __repr__(self) -> str:
        return f"Loyalty({self.url}, {self.dialect})"

    def points_for(self, tokens: int) -> int:
        """Whole points for whole tokens, rounded down."""
        return tokens * self.points_per_100_tokens // 100


def active() -> Loyalty | None:
    """The service in use, if any."""
    values = settings.LOYALTY
    return None if values is None else Loyalty(**values)


def is_on() -> bool:
    """Whether settlements earn points now."""
    return settings.LOYALTY is not None
