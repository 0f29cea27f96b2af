"""Viewers with limits, and the database's clock turned by its owner."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from accounts.models import Viewer
from compliance import services
from compliance.queries import Limits
from core.actors import SYSTEM
from tests import factories
from tests.support.database import Connection
from wallet import services as wallet


def limited(*, daily: int | None = None, weekly: int | None = None, tokens: int = 5000) -> Viewer:
    """A viewer with tokens and these limits of his own."""
    viewer = factories.viewer()
    wallet.fund(by=SYSTEM, owner_id=viewer.pk, tokens=tokens, key=f"fund-{viewer.pk}")
    changes = {name: value for name, value in (("daily", daily), ("weekly", weekly)) if value is not None}
    if changes:
        wish(viewer, **changes)
    return viewer


def wish(viewer: Viewer, **changes: int | None) -> Limits:
    """He sets his limits."""
    return services.set_limits(by=factories.actor(viewer), viewer_id=viewer.pk, changes=changes)


def spend(viewer: Viewer, tokens: int) -> UUID:
    """He has tokens set aside, whatever his limits; the hold's id."""
    hold = wallet.place_hold(by=SYSTEM, viewer_id=viewer.pk, performer_id=None, tokens=tokens, key=str(uuid4()))
    return hold.id


def ask(viewer_id: UUID, tokens: int, scope: Any = "purchase") -> None:  # noqa: ANN401 - also unknown scopes
    """Ask as a spending service does."""
    with transaction.atomic():
        services.check_can_spend(viewer_id=viewer_id, tokens=tokens, scope=scope)


def turn_back(owner: Connection, viewer: Viewer, column: str, interval: str) -> None:
    """As if what stands in this column had been written so much earlier; past the trigger that guards it."""
    with owner.transaction():
        owner.execute("ALTER TABLE compliance_viewerlimits DISABLE TRIGGER USER")
        owner.execute(
            f"UPDATE compliance_viewerlimits SET {column} = {column} - %s::interval WHERE viewer_id = %s",
            [interval, viewer.pk],
        )
        owner.execute("ALTER TABLE compliance_viewerlimits ENABLE TRIGGER USER")
