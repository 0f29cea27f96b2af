"""Who acts: what services are told instead of a request or a user object."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

ActorKind = Literal["performer", "viewer", "manager", "staff", "system", "anonymous"]


@dataclass(frozen=True, slots=True)
class Actor:
    """An id and a kind; never a name."""

    id: UUID | None
    kind: ActorKind

    @property
    def is_staff(self) -> bool:
        """Staff and the product itself may act on what is not theirs."""
        return self.kind in {"staff", "system"}


SYSTEM = Actor(id=None, kind="system")
ANONYMOUS = Actor(id=None, kind="anonymous")
