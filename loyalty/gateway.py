"""The port: what the product may ask of a loyalty service, whoever it is and however it spells it.

Points are whole numbers. A key names an act for good: the same key never has a second effect. `uncertain` says that an
earlier call with this key may have had its effect, so that it is looked up before anything is asked again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid5

# Layer A of the service types its keys as UUIDs: ours are derived, so that each retry at any layer sends the same one.
NAMESPACE = UUID("6f0a52c5-1ad2-5d8e-8a42-2c1b6f4c7e90")


def wire_key(logical_key: str) -> str:
    """The UUID that stands for a key on the wire."""
    return str(uuid5(NAMESPACE, logical_key))


@dataclass(frozen=True, slots=True)
class Act:
    """What makes one change one change: its key, since when it is asked for, whether its outcome is unknown."""

    key: str
    since: datetime
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Balance:
    """A member's points."""

    available: int
    escrow: int


@dataclass(frozen=True, slots=True)
class Posting:
    """Points that moved. `found`: they had moved before, as a look showed."""

    reference: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class Escrow:
    """Points set aside: held, settled or refunded."""

    escrow_id: str
    member: str
    points: int
    status: str
    item_id: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of an escrow."""

    escrow_id: str
    settled: int
    refunded: int
    found: bool = False


class WalletGateway(Protocol):
    """Every call may raise a LoyaltyError; `credit` and its like only once nothing better is to be had."""

    def ready(self) -> bool:
        """Whether the service says that it can serve."""

    def balance(self, member: str) -> Balance:
        """A member's points; zeros where the service does not know the member yet."""

    def credit(self, member: str, points: int, reason: str, act: Act) -> Posting:
        """Give points."""

    def deduct(self, member: str, points: int, reason: str, act: Act) -> Posting:
        """Take points. Raises Refused INSUFFICIENT_BALANCE."""

    def hold(self, member: str, points: int, reason: str, item_id: str, feature: str, act: Act) -> Escrow:
        """Set points aside. Raises Refused INSUFFICIENT_BALANCE."""

    def settle(self, escrow: Escrow, model: str, reason: str, act: Act) -> Resolution:
        """Pay an escrow out to a model."""

    def refund(self, escrow: Escrow, reason: str, act: Act) -> Resolution:
        """Give an escrow back."""

    def partial(self, escrow: Escrow, model: str, settled: int, reason: str, act: Act) -> Resolution:
        """Pay a part out and give the rest back."""

    def escrow(self, member: str, escrow_id: str) -> Escrow | None:
        """An escrow as it stands; None where there is none."""
