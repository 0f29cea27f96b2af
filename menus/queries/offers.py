"""Reads of the menus that sell: the performer's own view, and what a viewer may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.models import Performer
from accounts.queries import manages
from core.actors import Actor
from core.exceptions import NotFound
from menus.models import MenuGuest, PerformerMenu, PricedItem
from menus.states import MenuType, Visibility


@dataclass(frozen=True, slots=True)
class OwnItem:
    """An item as its performer sees it."""

    id: UUID
    menu_id: UUID
    name: str
    description: str
    price: int
    duration_seconds: int | None
    active: bool
    max_daily_purchases: int | None
    ordering: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class OwnMenu:
    """A menu as its performer sees it, with its items in order."""

    id: UUID
    performer_id: UUID
    name: str
    description: str
    type: str
    visibility: str
    published: bool
    active: bool
    ordering: int
    guest_ids: list[UUID]
    items: list[OwnItem]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """An item as a viewer sees it; `base_price` is the price without a promotion."""

    id: UUID
    menu_id: UUID
    menu_name: str
    name: str
    description: str
    price: int
    base_price: int
    duration_seconds: int | None


def owned_menus(by: Actor, performer_id: UUID) -> list[OwnMenu]:
    """All menus of a performer that are not archived, in order, with their items: three statements."""
    _check_may_read(by, performer_id)
    return [as_own_menu(row) for row in _own_rows().filter(performer_id=performer_id).order_by("ordering")]


def owned_menu(by: Actor, performer_id: UUID, menu_id: UUID) -> OwnMenu:
    """One of them; raises NotFound for a foreign or archived one."""
    _check_may_read(by, performer_id)
    row = _own_rows().filter(performer_id=performer_id, pk=menu_id).first()
    if row is None:
        raise NotFound()
    return as_own_menu(row)


def owned_item(by: Actor, performer_id: UUID, menu_id: UUID, item_id: UUID) -> OwnItem:
    """One item of one menu; raises NotFound for a foreign or archived one."""
    menu = owned_menu(by, performer_id, menu_id)
    found = next((item for item in menu.items if item.id == item_id), None)
    if found is None:
        raise NotFound()
    return found


def check_owner(by: Actor, performer_id: UUID) -> None:
    """Pass for the performer herself and for staff; for anybody else her menus do not exist."""
    if by.id != performer_id and not by.is_staff:
        raise NotFound()


def _check_may_read(by: Actor, performer_id: UUID) -> None:
    """Who may write may read; a manager of her studio may look as well."""
    if by.id == performer_id or by.is_staff:
        return
    if by.id is None or not manages(by.id, performer_id):
        raise NotFound()


def performers_with_offers(viewer_id: UUID) -> QuerySet[Performer]:
    """Performers who have something to show to this viewer."""
    offers = visible_items(viewer_id).filter(menu__performer_id=OuterRef("pk"))
    return Performer.objects.filter(Exists(offers), user__is_active=True)


def offers_of(performer_id: UUID, viewer_id: UUID) -> list[Offer]:
    """What this viewer may buy from her, in her order; raises NotFound where there is no such performer."""
    if not Performer.objects.filter(pk=performer_id, user__is_active=True).exists():
        raise NotFound()
    rows = visible_items(viewer_id).filter(menu__performer_id=performer_id).select_related("menu")
    return [_offer(row) for row in rows.order_by("menu__ordering", "ordering")]


def sold_by(performer_id: UUID, item_id: UUID) -> bool:
    """Whether the item is, or was, of a menu of this performer."""
    return PricedItem.objects.filter(pk=item_id, menu__performer_id=performer_id).exists()


def visible_items(viewer_id: UUID) -> QuerySet[PricedItem]:
    """Active items of published menus that this viewer may see; the rule of `menus_offer`, and closed in doubt.

    A subscribers-only menu is shown to its owner alone until rooms tell who subscribes.
    """
    invited = MenuGuest.objects.filter(menu_id=OuterRef("menu_id"), viewer_id=viewer_id)
    may_see = (
        Q(menu__visibility=Visibility.PUBLIC)
        | Q(menu__performer_id=viewer_id)
        | (Q(menu__visibility=Visibility.PRIVATE) & Q(Exists(invited)))
    )
    on_sale = Q(active=True, archived_at=None, menu__active=True, menu__published=True, menu__archived_at=None)
    return PricedItem.objects.filter(on_sale & may_see).exclude(menu__type=MenuType.NAVIGATION)


def as_own_menu(row: PerformerMenu) -> OwnMenu:
    """The row as a value; its items and guests are read if they are not yet."""
    return OwnMenu(
        **{name: getattr(row, name) for name in MENU_COLUMNS},
        guest_ids=[guest.viewer_id for guest in row.guest_list.all()],
        items=[as_own_item(item) for item in row.items.all()],
    )


def as_own_item(row: PricedItem) -> OwnItem:
    """The row as a value."""
    return OwnItem(**{name: getattr(row, name) for name in OwnItem.__dataclass_fields__})


MENU_COLUMNS = [name for name in OwnMenu.__dataclass_fields__ if name not in {"guest_ids", "items"}]


def _own_rows() -> QuerySet[PerformerMenu]:
    items = PricedItem.objects.filter(archived_at=None).order_by("ordering")
    return PerformerMenu.objects.filter(archived_at=None).prefetch_related(
        Prefetch("items", queryset=items), Prefetch("guest_list", queryset=MenuGuest.objects.order_by("pk"))
    )


def _offer(row: PricedItem) -> Offer:
    facts: dict[str, Any] = {"price": row.price, "base_price": row.price, "duration_seconds": row.duration_seconds}
    return Offer(row.pk, row.menu_id, row.menu.name, row.name, row.description, **facts)
