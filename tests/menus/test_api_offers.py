"""The menus that sell over HTTP: who may, what fits, what is kept."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import Performer, Viewer
from audit.models import AuditEntry
from menus.models import PerformerMenu, PricedItem, Purchase
from tests import factories
from tests.menus.support import ITEM, MENU, make_item, make_menu, menus_of, purchase_of


def test_a_menu_is_written_and_read(api: APIClient, performer: Performer) -> None:
    menu = make_menu(api, performer)
    make_item(api, menu)
    found = api.get(menu).json()
    assert found.items() >= {**MENU, "performerId": str(performer.pk), "visibility": "public", "ordering": 1}.items()
    assert found["items"][0].items() >= {**ITEM, "active": True, "ordering": 1}.items()
    assert api.get(menus_of(performer)).json() == {"results": [found]}
    assert api.get(f"{menu}/items").json() == {"results": found["items"]}


def test_patch_changes_what_is_sent_and_put_replaces_the_whole(api: APIClient, performer: Performer) -> None:
    menu = make_menu(api, performer)
    assert api.patch(menu, {"name": "Saturday"}).json().items() >= {"name": "Saturday", "published": True}.items()
    replaced = api.put(menu, {"name": "Sunday"}).json()
    assert replaced.items() >= {"name": "Sunday", "description": "", "published": False}.items()
    assert api.put(menu, {"description": "No name"}).json()["errors"][0]["attr"] == "name"


def test_an_item_is_changed_and_replaced(api: APIClient, performer: Performer) -> None:
    item = make_item(api, make_menu(api, performer))
    assert api.patch(item, {"price": 99999}).json()["price"] == 99999
    replaced = api.put(item, {"name": "Dance", "price": 5}).json()
    assert replaced.items() >= {"name": "Dance", "durationSeconds": None, "maxDailyPurchases": None}.items()


def test_menus_and_items_can_be_moved(api: APIClient, performer: Performer) -> None:
    addresses = [make_menu(api, performer, name=name) for name in "ABC"]
    api.patch(addresses[2], {"ordering": 1})
    assert [menu["name"] for menu in api.get(menus_of(performer)).json()["results"]] == ["C", "A", "B"]
    items = [make_item(api, addresses[0], name=name) for name in "XYZ"]
    api.patch(items[0], {"ordering": 3})
    found = api.get(f"{addresses[0]}/items").json()["results"]
    assert [(item["name"], item["ordering"]) for item in found] == [("Y", 1), ("Z", 2), ("X", 3)]


def test_a_duplicate_is_an_unpublished_copy_behind_the_others(api: APIClient, performer: Performer) -> None:
    menu = make_menu(api, performer, name="N" * 65)
    make_item(api, menu)
    copied = api.post(f"{menu}/duplicate").json()
    assert (copied["name"], copied["published"], copied["ordering"]) == ("Copy of " + "N" * 57, False, 2)
    assert copied["items"][0].items() >= ITEM.items()
    assert api.get(menu).json()["published"]


def test_the_ninth_menu_and_the_fifty_first_item_are_refused(api: APIClient, performer: Performer) -> None:
    menu = make_menu(api, performer)
    for _ in range(7):
        make_menu(api, performer)
    ninth = api.post(menus_of(performer), MENU)
    assert (ninth.status_code, ninth.json()["error"]) == (409, "CANNOT_ADD_MORE")
    PricedItem.objects.bulk_create(
        [PricedItem(menu_id=menu.rsplit("/", 1)[1], name="x", price=1, ordering=place) for place in range(1, 51)]
    )
    assert api.post(f"{menu}/items", ITEM).status_code == 409


def test_the_type_decides_what_a_menu_holds(api: APIClient, performer: Performer) -> None:
    navigation = make_menu(api, performer, type="navigation")
    assert api.post(f"{navigation}/items", ITEM).json()["error"] == "CANNOT_PRICE_IN_THIS_MENU"
    performance = make_menu(api, performer, type="performance")
    refused = api.post(f"{performance}/items", {**ITEM, "durationSeconds": None})
    assert refused.json()["error"] == "CANNOT_PERFORM_WITHOUT_DURATION"
    make_item(api, performance)
    assert api.patch(performance, {"type": "navigation"}).status_code == 409
    assert api.get(performance).json()["type"] == "performance"


@pytest.mark.parametrize(
    ("changes", "attr", "code"),
    [
        ({"name": "x" * 66}, "name", "max_length"),
        ({"name": "  "}, "name", "blank"),
        ({"name": "two\nlines"}, "name", "control_characters"),
        ({"name": "null\x00"}, "name", "control_characters"),
        ({"name": 5}, "name", "invalid"),
        ({"description": "x" * 201}, "description", "max_length"),
        ({"name": "Call +1 416 555 0123"}, "name", "personal_phone"),
        ({"name": "Free \u202eenola"}, "name", "control_characters"),
        ({"description": "max at example dot com"}, "description", "personal_email"),
        ({"type": "wheel"}, "type", "invalid_choice"),
        ({"visibility": "everybody"}, "visibility", "invalid_choice"),
        ({"published": "yes"}, "published", "invalid"),
        ({"ordering": 9}, "ordering", "max_value"),
        ({"guestIds": ["nobody"]}, "guestIds.0", "invalid"),
        ({"guestIds": [str(uuid4())]}, "guestIds.0", "unknown_viewer"),
        ({"performerId": str(uuid4())}, "performerId", "unknown_field"),
    ],
)
def test_a_menu_that_does_not_fit(
    api: APIClient, performer: Performer, changes: dict[str, Any], attr: str, code: str
) -> None:
    answer = api.post(menus_of(performer), {**MENU, **changes})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
    assert answer.json()["errors"][0]["code"] == code
    assert not PerformerMenu.objects.exists()


@pytest.mark.parametrize(
    ("changes", "attr", "code"),
    [
        ({"price": 0}, "price", "min_value"),
        ({"price": 100_000}, "price", "max_value"),
        ({"price": 1.5}, "price", "invalid"),
        ({"price": "120"}, "price", "invalid"),
        ({"price": None}, "price", "null"),
        ({"price": True}, "price", "invalid"),
        ({"durationSeconds": 0}, "durationSeconds", "min_value"),
        ({"durationSeconds": 3601}, "durationSeconds", "max_value"),
        ({"maxDailyPurchases": 0}, "maxDailyPurchases", "min_value"),
        ({"name": ""}, "name", "blank"),
        ({"name": "Call +1 416 555 0123"}, "name", "personal_phone"),
        ({"name": "Write to max@example.com"}, "name", "personal_email"),
        ({"name": "Free \u202eenola"}, "name", "control_characters"),
        ({"name": "\u200b \u2060"}, "name", "control_characters"),
        ({"name": "two\u2028lines"}, "name", "control_characters"),
        ({"description": "My card: 4111 1111 1111 1111"}, "description", "personal_card"),
        ({"description": "\u2066turned"}, "description", "control_characters"),
        ({"menuId": str(uuid4())}, "menuId", "unknown_field"),
    ],
)
def test_an_item_that_does_not_fit(
    api: APIClient, performer: Performer, changes: dict[str, Any], attr: str, code: str
) -> None:
    answer = api.post(f"{make_menu(api, performer)}/items", {**ITEM, **changes})
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, attr)
    assert answer.json()["errors"][0]["code"] == code
    assert not PricedItem.objects.exists()


@pytest.mark.parametrize("name", ["Call +1 416 555 0123", "Free \u202eenola"])
def test_a_change_brings_in_nothing_that_does_not_fit_and_the_old_words_are_sold(
    api: APIClient, performer: Performer, viewer: Viewer, name: str
) -> None:
    item = make_item(api, make_menu(api, performer))
    assert [api.patch(item, {"name": name}).status_code, api.put(item, {**ITEM, "name": name}).status_code] == [
        400,
        400,
    ]
    sold = factories.bearer(viewer).post(purchase_of(item), HTTP_IDEMPOTENCY_KEY="once").json()
    assert sold["queueItem"]["title"] == ITEM["name"]


@pytest.mark.parametrize("name", ["Fünf Lieder \U0001f3b5", "10, 20, 30", "\u0634\u0639\u0631", "Tonight 20:00-22:00"])
def test_plain_words_of_any_script_are_an_offer(api: APIClient, performer: Performer, name: str) -> None:
    item = make_item(api, make_menu(api, performer, name=name), name=name, description=name)
    assert api.get(item).json().items() >= {"name": name, "description": name}.items()


def test_markup_is_text(api: APIClient, performer: Performer) -> None:
    markup = "<b onclick=x>'; DROP TABLE menus_purchase;--"
    assert api.get(make_menu(api, performer, name=markup)).json()["name"] == markup


# --- taking away


def test_what_was_never_sold_is_deleted_and_the_others_close_ranks(api: APIClient, performer: Performer) -> None:
    first, second = make_menu(api, performer, name="A"), make_menu(api, performer, name="B")
    make_item(api, first)
    assert api.delete(first).status_code == 204
    assert api.get(first).status_code == 404
    assert not PricedItem.objects.exists()
    assert api.get(second).json()["ordering"] == 1


def test_what_was_sold_is_archived(api: APIClient, performer: Performer, viewer: Viewer) -> None:
    menu = make_menu(api, performer)
    item = make_item(api, menu)
    buyer = factories.bearer(viewer)
    bought = buyer.post(purchase_of(item), HTTP_IDEMPOTENCY_KEY="once").json()
    assert api.delete(menu).status_code == 204
    assert api.get(item).status_code == 404
    assert Purchase.objects.get(pk=bought["purchaseId"]).item.menu.archived_at is not None
    assert buyer.post(purchase_of(item), HTTP_IDEMPOTENCY_KEY="anew").status_code == 404


def test_one_item_is_taken_away(api: APIClient, performer: Performer, viewer: Viewer) -> None:
    menu = make_menu(api, performer)
    sold, unsold, last = (make_item(api, menu, name=name) for name in "ABC")
    factories.bearer(viewer).post(purchase_of(sold), HTTP_IDEMPOTENCY_KEY="once")
    assert [api.delete(item).status_code for item in (sold, unsold)] == [204, 204]
    assert [api.delete(item).status_code for item in (sold, unsold)] == [404, 404]
    assert api.get(last).json()["ordering"] == 1
    assert PricedItem.objects.count() == 2


def test_a_key_makes_one_menu(api: APIClient, performer: Performer) -> None:
    answers = [api.post(menus_of(performer), MENU, HTTP_IDEMPOTENCY_KEY="once") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert PerformerMenu.objects.count() == 1


# --- whose


STRANGERS = [factories.performer, factories.viewer, factories.manager]


@pytest.mark.parametrize("maker", STRANGERS)
def test_to_strangers_her_menus_do_not_exist(api: APIClient, performer: Performer, maker: Any) -> None:  # noqa: ANN401
    menu = make_menu(api, performer)
    item = make_item(api, menu)
    stranger = factories.bearer(maker())
    answers = [
        stranger.get(menus_of(performer)),
        stranger.post(menus_of(performer), MENU),
        *(stranger.get(address) for address in (menu, f"{menu}/items", item)),
        *(stranger.put(address, {"name": "Mine", "price": 1}) for address in (item,)),
        stranger.put(menu, {"name": "Mine"}),
        *(stranger.patch(address, {"name": "Mine"}) for address in (menu, item)),
        stranger.post(f"{menu}/items", ITEM),
        stranger.post(f"{menu}/duplicate"),
        *(stranger.delete(address) for address in (item, menu)),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert api.get(menu).json()["name"] == MENU["name"]


def test_her_own_id_does_not_open_anothers_menu(api: APIClient, performer: Performer) -> None:
    menu = make_menu(api, performer)
    other = factories.performer()
    crossed = menu.replace(str(performer.pk), str(other.pk))
    assert factories.bearer(other).get(crossed).status_code == 404
    assert factories.bearer(other).patch(crossed, {"name": "Mine"}).status_code == 404


def test_a_manager_of_her_studio_may_look_and_not_touch(performer: Performer, api: APIClient) -> None:
    menu = make_menu(api, performer)
    studio = factories.make_studio()
    Performer.objects.filter(pk=performer.pk).update(studio=studio)
    manager = factories.bearer(factories.manager(studio))
    assert manager.get(menu).status_code == manager.get(menus_of(performer)).status_code == 200
    assert manager.patch(menu, {"name": "Mine"}).status_code == 404


def test_staff_need_a_reason_and_leave_a_trace(performer: Performer, api: APIClient) -> None:
    menu = make_menu(api, performer)
    staff = factories.bearer(factories.staff())
    without = staff.patch(menu, {"published": False})
    assert (without.status_code, without.json()["errors"][0]["attr"]) == (400, "reason")
    assert staff.delete(menu).status_code == 400
    assert staff.patch(menu, {"published": False, "reason": "Complaint 12"}).status_code == 200
    entry = AuditEntry.objects.get(action="menus.menu.changed")
    assert (entry.reason, entry.target_id) == ("Complaint 12", menu.rsplit("/", 1)[1])
    assert staff.delete(f"{menu}?reason=Complaint+12").status_code == 204
    assert AuditEntry.objects.filter(action="menus.menu.removed", reason="Complaint 12").exists()


def test_a_performers_own_changes_are_not_audited(api: APIClient, performer: Performer) -> None:
    make_item(api, make_menu(api, performer))
    assert not AuditEntry.objects.filter(action__startswith="menus.").exists()


def test_a_performer_who_does_not_exist(db: None) -> None:
    staff = factories.bearer(factories.staff())
    address = f"/api/v1/performer/{uuid4()}/menus"
    assert staff.get(address).json() == {"results": []}
    assert staff.post(address, {**MENU, "reason": "Test"}).status_code == 404


@pytest.mark.parametrize("name", ["nonsense", "00000000-0000-0000-0000-00000000000g"])
def test_an_id_that_is_none_is_404(api: APIClient, performer: Performer, name: str) -> None:
    assert api.get(f"{menus_of(performer)}/{name}").status_code == 404
