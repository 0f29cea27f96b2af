"""What the menus' tests share: contexts, performers in a state, offers."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from rest_framework.test import APIClient

from accounts.models import Performer, Viewer
from accounts.permissions import ROLE_PERMISSIONS
from core.actors import SYSTEM
from core.idempotency import Claim, fingerprint
from menus.builder import ItemView, Menu, build
from menus.definitions import Facts, MenuContext
from menus.models import PerformerMenu, PricedItem
from menus.services import offers
from modelstate import services as states
from modelstate.states import State
from tests import factories
from wallet.services import fund

EVERY_PERMISSION = frozenset(str(permission) for permission in ROLE_PERMISSIONS["performer"])
SECTIONS_OPEN = frozenset(f"section.{name}" for name in ("streaming", "queue", "financial", "settings", "support"))
FEATURES_OPEN = frozenset({"engagement", "mood", "notices", "payouts", "promotions", "schedule"})
MENU = {"name": "Friday", "description": "Tonight only", "type": "purchasable", "published": True}
ITEM = {"name": "Your song", "price": 120, "durationSeconds": 240, "maxDailyPurchases": 3}
_number = count(1)


def context(state: State = State.IDLE, **changes: Any) -> MenuContext:  # noqa: ANN401 - fields of the context
    """A performer who may everything, with every feature open and enough to pay out."""
    everything = MenuContext(
        roles=frozenset({"performer"}),
        permissions=EVERY_PERMISSION,
        state=state,
        facts=Facts(SECTIONS_OPEN | FEATURES_OPEN, position=None, payable=1_000_000),
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


def rich(viewer: Viewer, tokens: int = 1000) -> Viewer:
    """A viewer with tokens."""
    fund(by=SYSTEM, owner_id=viewer.pk, tokens=tokens, key=f"fund-{viewer.pk}")
    return viewer


# --- over HTTP


def menus_of(performer: Performer) -> str:
    """The address of her menus."""
    return f"/api/v1/performer/{performer.pk}/menus"


def make_menu(api: APIClient, performer: Performer, **changes: object) -> str:
    """A menu of hers; its address."""
    answer = api.post(menus_of(performer), {**MENU, **changes})
    assert answer.status_code == 201, answer.json()
    return f"{menus_of(performer)}/{answer.json()['id']}"


def make_item(api: APIClient, menu: str, **changes: object) -> str:
    """An item of the menu; its address."""
    answer = api.post(f"{menu}/items", {**ITEM, **changes})
    assert answer.status_code == 201, answer.json()
    return f"{menu}/items/{answer.json()['id']}"


def purchase_of(item: str) -> str:
    """The address where the item is bought."""
    return f"/api/v1/public/menu-items/{item.rsplit('/', 1)[1]}/purchase"
