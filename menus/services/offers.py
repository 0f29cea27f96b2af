"""Writes of the menus that sell. The performer writes her own; staff write with a reason, and that is audited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, QuerySet, Value, When
from django.db.models.functions import Now

from accounts.models import Performer, Viewer
from audit.services import record
from core.actors import Actor
from core.events import publish
from core.exceptions import FieldError, NotFound, ValidationFailed
from core.sql import translated
from menus.events import MenuChanged
from menus.exceptions import MenuLimitReached, MenuTypeConflict, PerformanceNeedsDuration
from menus.models import MenuGuest, PerformerMenu, PricedItem, Purchase
from menus.offers import check_item, check_menu
from menus.queries.offers import OwnItem, OwnMenu, check_owner, owned_item, owned_menu
from menus.states import ITEMS_PER_MENU, MENUS_PER_PERFORMER, NAME_LENGTH, MenuType

Fields = Mapping[str, Any]
COPY = "Copy of "


@transaction.atomic
def create_menu(*, by: Actor, performer_id: UUID, fields: Fields, reason: str = "") -> OwnMenu:
    """A new menu behind her others.

    Raises ValidationFailed by field, MenuLimitReached beyond 8, NotFound where she is somebody else.
    """
    _check_may_write(by, performer_id, reason)
    check_menu(fields)
    row = _new_menu(performer_id, fields)
    return _told(by, performer_id, row, "menus.menu.created", reason)


@transaction.atomic
def update_menu(*, by: Actor, performer_id: UUID, menu_id: UUID, fields: Fields, reason: str = "") -> OwnMenu:
    """Change the given fields. Raises as `create_menu` does; the conflict where its items do not fit its new type."""
    _check_may_write(by, performer_id, reason)
    check_menu(fields)
    row = _locked_menu(performer_id, menu_id)
    before = _facts(row)
    _set(row, fields)
    _check_type_fits(row)
    row.save()
    if "guest_ids" in fields:
        _invite(row, fields["guest_ids"])
    if "ordering" in fields:
        _move(_live_menus(performer_id), row.pk, fields["ordering"])
    return _told(by, performer_id, row, "menus.menu.changed", reason, before)


@transaction.atomic
def remove_menu(*, by: Actor, performer_id: UUID, menu_id: UUID, reason: str = "") -> None:
    """Take a menu away. What has been sold from it is archived, the rest deleted. Raises NotFound if not hers."""
    _check_may_write(by, performer_id, reason)
    row = _locked_menu(performer_id, menu_id)
    before = _facts(row)
    for item in row.items.select_for_update().order_by("pk"):
        _retire_item(item)
    if row.items.exists():
        row.archived_at, row.ordering, row.active, row.published = Now(), None, False, False
        row.save()
    else:
        row.delete()
    _renumber(_live_menus(performer_id), list(_live_menus(performer_id).values_list("pk", flat=True)))
    _audited(by, performer_id, "menus.menu.removed", str(menu_id), reason, before, None)
    publish(MenuChanged(performer_id=performer_id))


@transaction.atomic
def duplicate_menu(*, by: Actor, performer_id: UUID, menu_id: UUID, reason: str = "") -> OwnMenu:
    """An unpublished copy behind her others, with copies of the items. Raises as `create_menu` does."""
    _check_may_write(by, performer_id, reason)
    source = owned_menu(by, performer_id, menu_id)
    kept = ("description", "type", "visibility", "guest_ids")
    fields = {name: getattr(source, name) for name in kept}
    row = _new_menu(performer_id, {**fields, "name": (COPY + source.name)[:NAME_LENGTH]})
    PricedItem.objects.bulk_create([PricedItem(menu=row, **_copied(item)) for item in source.items])
    return _told(by, performer_id, row, "menus.menu.created", reason)


@transaction.atomic
def add_item(*, by: Actor, performer_id: UUID, menu_id: UUID, fields: Fields, reason: str = "") -> OwnItem:
    """A new item at the end of the menu.

    Raises ValidationFailed by field, MenuLimitReached beyond 50, the conflicts of the menu's type, and NotFound.
    """
    _check_may_write(by, performer_id, reason)
    check_item(fields)
    menu = _locked_menu(performer_id, menu_id)
    count = _live_items(menu).count()
    if count >= ITEMS_PER_MENU:
        raise MenuLimitReached(limit=ITEMS_PER_MENU)
    item = PricedItem(menu=menu, ordering=count + 1)
    _set(item, fields)
    _check_item_fits(menu, item)
    item.save(force_insert=True)
    return _item_told(by, menu, item, "menus.item.created", reason, fields.get("ordering"))


@transaction.atomic
def update_item(
    *, by: Actor, performer_id: UUID, menu_id: UUID, item_id: UUID, fields: Fields, reason: str = ""
) -> OwnItem:
    """Change the given fields; what was bought before keeps its price. Raises as `add_item` does."""
    _check_may_write(by, performer_id, reason)
    check_item(fields)
    menu = _locked_menu(performer_id, menu_id)
    item = _locked_item(menu, item_id)
    before = _item_facts(item)
    _set(item, fields)
    _check_item_fits(menu, item)
    item.save()
    return _item_told(by, menu, item, "menus.item.changed", reason, fields.get("ordering"), before)


@transaction.atomic
def remove_item(*, by: Actor, performer_id: UUID, menu_id: UUID, item_id: UUID, reason: str = "") -> None:
    """Take an item away: archived where it was sold, deleted otherwise. Raises NotFound if it is not hers."""
    _check_may_write(by, performer_id, reason)
    menu = _locked_menu(performer_id, menu_id)
    item = _locked_item(menu, item_id)
    before = _item_facts(item)
    _retire_item(item)
    _renumber(_live_items(menu), list(_live_items(menu).values_list("pk", flat=True)))
    _audited(by, performer_id, "menus.item.removed", str(item_id), reason, before, None)
    publish(MenuChanged(performer_id=performer_id))


# --- who, and the locks


def _check_may_write(by: Actor, performer_id: UUID, reason: str) -> None:
    check_owner(by, performer_id)
    if by.id == performer_id:
        return
    if not Performer.objects.filter(pk=performer_id).exists():
        raise NotFound()
    if not reason.strip():
        raise ValidationFailed.of("reason", "required", "Say why: this is another person's menu.")


def _lock_performer(performer_id: UUID) -> None:
    if not Performer.objects.select_for_update(no_key=True).filter(pk=performer_id).exists():
        raise NotFound()


def _locked_menu(performer_id: UUID, menu_id: UUID) -> PerformerMenu:
    """The performer's row comes first: her menus are numbered together."""
    _lock_performer(performer_id)
    row = _live_menus(performer_id).select_for_update().filter(pk=menu_id).first()
    if row is None:
        raise NotFound()
    return row


def _locked_item(menu: PerformerMenu, item_id: UUID) -> PricedItem:
    item = _live_items(menu).select_for_update().filter(pk=item_id).first()
    if item is None:
        raise NotFound()
    return item


def _live_menus(performer_id: UUID) -> QuerySet[PerformerMenu]:
    return PerformerMenu.objects.filter(performer_id=performer_id, archived_at=None).order_by("ordering")


def _live_items(menu: PerformerMenu) -> QuerySet[PricedItem]:
    return PricedItem.objects.filter(menu=menu, archived_at=None).order_by("ordering")


# --- parts of the writes


def _new_menu(performer_id: UUID, fields: Fields) -> PerformerMenu:
    _lock_performer(performer_id)
    count = _live_menus(performer_id).count()
    if count >= MENUS_PER_PERFORMER:
        raise MenuLimitReached(limit=MENUS_PER_PERFORMER)
    row = PerformerMenu(performer_id=performer_id, ordering=count + 1)
    _set(row, fields)
    row.save(force_insert=True)
    _invite(row, fields.get("guest_ids", ()))
    if "ordering" in fields:
        _move(_live_menus(performer_id), row.pk, fields["ordering"])
    return row


def _set(row: PerformerMenu | PricedItem, fields: Fields) -> None:
    for name, value in fields.items():
        if name not in {"ordering", "guest_ids"}:
            setattr(row, name, value.strip() if isinstance(value, str) else value)
    row.updated_at = Now()


def _check_type_fits(menu: PerformerMenu) -> None:
    for item in _live_items(menu):
        _check_item_fits(menu, item)


def _check_item_fits(menu: PerformerMenu, item: PricedItem) -> None:
    if menu.type == MenuType.NAVIGATION:
        raise MenuTypeConflict()
    if menu.type == MenuType.PERFORMANCE and item.duration_seconds is None:
        raise PerformanceNeedsDuration()


def _invite(menu: PerformerMenu, viewer_ids: Sequence[UUID]) -> None:
    """The guest list becomes exactly these viewers."""
    known = set(Viewer.objects.filter(pk__in=viewer_ids).values_list("pk", flat=True))
    strangers = [index for index, viewer_id in enumerate(viewer_ids) if viewer_id not in known]
    if strangers:
        errors = [FieldError(f"guestIds.{index}", "unknown_viewer", "There is no such viewer.") for index in strangers]
        raise ValidationFailed(errors)
    MenuGuest.objects.filter(menu=menu).exclude(viewer_id__in=known).delete()
    MenuGuest.objects.bulk_create(
        [MenuGuest(menu=menu, viewer_id=viewer_id) for viewer_id in sorted(known)], ignore_conflicts=True
    )


def _retire_item(item: PricedItem) -> None:
    if Purchase.objects.filter(item=item).exists():
        item.archived_at, item.ordering, item.active = item.archived_at or Now(), None, False
        item.save()
    else:
        item.delete()


def _move(rows: QuerySet[Any], moved: UUID, place: int) -> None:
    ids = [pk for pk in rows.values_list("pk", flat=True) if pk != moved]
    ids.insert(place - 1, moved)
    _renumber(rows, ids)


def _renumber(rows: QuerySet[Any], ids: list[UUID]) -> None:
    """Places 1, 2, 3 … in this order, in one statement: the constraint looks at its end."""
    if ids:
        places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(ids, start=1)]
        with translated():
            rows.order_by().update(ordering=Case(*places))


def _copied(item: OwnItem) -> dict[str, Any]:
    names = ("name", "description", "price", "duration_seconds", "active", "max_daily_purchases", "ordering")
    return {name: getattr(item, name) for name in names}


# --- the answer, the event, the audit


def _told(
    by: Actor, performer_id: UUID, row: PerformerMenu, action: str, reason: str, before: Fields | None = None
) -> OwnMenu:
    _audited(by, performer_id, action, str(row.pk), reason, before, _facts(row))
    publish(MenuChanged(performer_id=performer_id))
    return owned_menu(by, performer_id, row.pk)


def _item_told(
    by: Actor,
    menu: PerformerMenu,
    item: PricedItem,
    action: str,
    reason: str,
    place: int | None,
    before: Fields | None = None,
) -> OwnItem:
    if place is not None:
        _move(_live_items(menu), item.pk, place)
    _audited(by, menu.performer_id, action, str(item.pk), reason, before, _item_facts(item))
    publish(MenuChanged(performer_id=menu.performer_id))
    return owned_item(by, menu.performer_id, menu.pk, item.pk)


def _audited(
    by: Actor,
    performer_id: UUID,
    action: str,
    target_id: str,
    reason: str,
    before: Fields | None,
    after: Fields | None,
) -> None:
    """A performer's own menus are hers; what staff do to them is written down."""
    if by.id == performer_id:
        return
    record(
        by=by,
        action=action,
        target_type=action.rsplit(".", 1)[0],
        target_id=target_id,
        before=dict(before) if before else None,
        after=dict(after) if after else None,
        reason=reason,
    )


def _facts(row: PerformerMenu) -> dict[str, Any]:
    return {name: str(getattr(row, name)) for name in ("type", "visibility", "published", "active")}


def _item_facts(row: PricedItem) -> dict[str, Any]:
    return {"price": row.price, "duration_seconds": row.duration_seconds, "active": row.active}
