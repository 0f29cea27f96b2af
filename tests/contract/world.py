"""Two performers, two viewers, a manager, staff, and what belongs to whom: the world the contract is tried on.

`performer` and `viewer` own things; `other_performer` and `other_viewer` are strangers to them; `manager` looks after
the performer's studio.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from accounts.models import User
from core.ids import uuid7
from tests import factories

ACTORS = ("nobody", "other_viewer", "other_performer", "manager", "staff", "performer", "viewer")


@dataclass(frozen=True)
class World:
    """The people by the actor's name, and the ids of their things by name."""

    people: dict[str, User]
    things: dict[str, str] = field(default_factory=dict)

    def address(self, path: str) -> str:
        """The path with the owners' ids in its braces."""
        return path.format_map(self.things)

    def unknown(self, path: str) -> str:
        """The path with ids that nobody has."""
        return path.format_map({name: str(uuid7()) for name in self.things})


def build_world() -> World:
    """Make everybody and everything, through the services."""
    studio = factories.make_studio("Contract studio")
    people = {
        "performer": factories.performer("contract-performer", studio=studio).user,
        "other_performer": factories.performer("contract-other-performer").user,
        "viewer": factories.viewer("contract-viewer").user,
        "other_viewer": factories.viewer("contract-other-viewer").user,
        "manager": factories.manager(studio, "contract-manager"),
        "staff": factories.staff("contract-staff", is_superuser=True),
    }
    return World(people, {"performer": str(people["performer"].pk)})
