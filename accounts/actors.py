"""From an account to the actor that services are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.access import access_of
from core.actors import ANONYMOUS, Actor, ActorKind

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

_KINDS: tuple[tuple[str, ActorKind], ...] = (
    ("staff", "staff"),
    ("performer", "performer"),
    ("studio manager", "manager"),
)


def actor_of(user: User | AnonymousUser) -> Actor:
    """The actor behind an account: its strongest role; the weakest kind, viewer, where it has none."""
    access = access_of(user)
    if access.user_id is None:
        return ANONYMOUS
    for role, kind in _KINDS:
        if role in access.roles:
            return Actor(id=access.user_id, kind=kind)
    return Actor(id=access.user_id, kind="viewer")
