"""Corrections proposed and approved by staff made for the purpose."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import Permission

from accounts.models import Performer, User, Viewer
from adjustments import services
from adjustments.services import Corrected
from tests import factories


def holder() -> User:
    """A member of the staff with the permission for large corrections."""
    user = factories.staff()
    user.user_permissions.add(Permission.objects.get(codename="approve_large_adjustment"))
    return user


def propose(by: User | Performer, owner: Viewer | Performer, tokens: int, **more: Any) -> Corrected:  # noqa: ANN401 - any field
    """Propose a credit (or what `more` says) of the owner's usual bucket."""
    bucket = "available" if isinstance(owner, Viewer) else "earned"
    asked = {"bucket": bucket, "direction": "credit", "ticket": f"T-{uuid4()}", "reason": "ticket says so"}
    asked |= {"key": str(uuid4()), **more}
    return services.propose(by=factories.actor(by), owner_id=owner.pk, tokens=tokens, **asked)


def approve(by: User | Performer, adjustment_id: UUID) -> Corrected:
    """One more agrees."""
    return services.approve(by=factories.actor(by), adjustment_id=adjustment_id, reason="looked at it")


def reject(by: User | Performer, adjustment_id: UUID) -> Corrected:
    """Somebody says no."""
    return services.reject(by=factories.actor(by), adjustment_id=adjustment_id, reason="not ours")
