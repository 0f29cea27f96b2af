"""What the menus' tests share: contexts, performers in a state, offers."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID

from accounts.models import Performer, Viewer
from accounts.permissions import ROLE_PERMISSIONS
from core.idempotency import Claim, fingerprint
from menus.builder import ItemView, Menu, build
from menus.definitions import Facts, MenuContext
from menus.models import PerformerMenu, PricedItem
from menus.services import offers
from modelstate import services as states
from modelstate.states import State
from tests import factories

EVERY_PERMISSION = frozenset(str(permission) for permission in ROLE_PERMISSIONS["performer"])
SECTIONS_OPEN = frozenset(f"section.{name}" for name in ("streaming", "queue", "financial", "settings", "support"))
FEATURES_OPEN = frozenset({"engagement", "mood", "notices", "payouts", "promotions", "schedule"})
_number = count(1)


def context(state: State = State.IDLE, **changes: Any) -> MenuContext:  # noqa: ANN401 - fields of the context
    """A performer who may everything, with every feature open and enough to pay out."""
    everything = MenuContext(
        roles=frozenset({"performer"}),
        permissions=EVERY_PERMISSION,
        state=state,
        facts=Facts(SECTIONS_OPEN | FEATURES_OPEN, position=None, earned=1_000_000),
    )
    return replace(everything, **changes)


def item(menu: Menu, item_id: str) -> ItemView:
    """The item; the test fails where it is absent."""
    found = menu.item(item_id)
    assert found is not None, f"{item_id} is absent"
    return found


def item_in(state: State, item_id: str, **changes: Any) -> ItemView:  # noqa: ANN401 - fields of the context
    """The item of the menu in this state."""
    return item(build(context(state, **changes)), item_id)


def section_ids(menu: Menu) -> list[str]:
    """The sections in order."""
    return [section.id for section in menu.sections]


def claim(person: Performer | Viewer, key: str = "", **body: object) -> Claim:
    """A claim of this person; a new key unless one is given."""
    mark = fingerprint("POST", "/purchase", "", body)
    return Claim(person.pk, key or f"key-{next(_number)}", mark, "/purchase")


def on_duty(performer: Performer) -> Performer:
    """Signed in: IDLE."""
    states.sign_in(by=factories.actor(performer), performer_id=performer.pk)
    return performer


def offer(
    performer: Performer,
    *,
    price: int = 100,
    menu: dict[str, Any] | None = None,
    **fields: Any,  # noqa: ANN401 - fields of the item
) -> PricedItem:
    """A published menu of hers with one item to buy."""
    by = factories.actor(performer)
    made = offers.create_menu(
        by=by, performer_id=performer.pk, fields={"name": "Menu", "published": True, **(menu or {})}
    )
    found = offers.add_item(
        by=by, performer_id=performer.pk, menu_id=made.id, fields={"name": "Song", "price": price, **fields}
    )
    return PricedItem.objects.get(pk=found.id)


def menu_of(offered: PricedItem) -> PerformerMenu:
    """The menu that the item stands on."""
    return PerformerMenu.objects.get(pk=offered.menu_id)


def ids(*rows: PerformerMenu | PricedItem) -> list[UUID]:
    """The ids of the rows."""
    return [row.pk for row in rows]
