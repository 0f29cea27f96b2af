"""The bench's people and wares, made through the product's services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.access import forget_access
from accounts.actors import actor_of
from accounts.models import Performer, User, Viewer
from accounts.tokens import begin_tokens
from core.actors import SYSTEM
from core.ids import uuid7
from menus.services.offers import add_item, create_menu, update_menu
from queue_app.services import save_settings
from wallet.services import fund

TOKENS = 10**9


@dataclass(frozen=True, slots=True)
class Buyer:
    """A viewer with tokens."""

    user: User

    @property
    def id(self) -> UUID:
        return UUID(str(self.user.pk))

    def token(self) -> str:
        """A fresh access token; they live for minutes only."""
        return begin_tokens(self.user).access


@dataclass(frozen=True, slots=True)
class Seller(Buyer):
    """A performer with one item on sale."""

    item_id: UUID


def make_buyer() -> Buyer:
    """A viewer who will not run out of tokens."""
    user = _account("viewer")
    Viewer.objects.create(user=user, alias=user.username)
    fund(by=SYSTEM, owner_id=user.pk, tokens=TOKENS, key=f"bench:{user.pk}:fund")
    return Buyer(user)


def make_seller(*, mode: str) -> Seller:
    """A performer who is signed in, with a published menu; mode OFF settles at once, ON queues."""
    user = _account("performer")
    Performer.objects.create(user=user, stage_name=user.username)
    save_settings(performer_id=user.pk, changes={"mode": mode, "auto_rejoin": True})
    return Seller(user, _offer(user))


def _offer(user: User) -> UUID:
    by = actor_of(user)
    fields: dict[str, Any] = {"name": "Bench", "type": "purchasable", "visibility": "public"}
    menu = create_menu(by=by, performer_id=user.pk, fields=fields)
    item = {"name": "Song", "description": "One song.", "price": 10, "duration_seconds": 60}
    offered = add_item(by=by, performer_id=user.pk, menu_id=menu.id, fields=item)
    update_menu(by=by, performer_id=user.pk, menu_id=menu.id, fields={"active": True, "published": True})
    begin_tokens(user)
    return offered.id


def _account(group: str) -> User:
    from django.contrib.auth.models import Group

    user = User(username=f"bench-{group}-{uuid7()}")
    user.set_unusable_password()
    user.save()
    user.groups.add(Group.objects.get(name=group))
    forget_access(user)
    return user
