"""The staff's pages about menus: through the services, with a reason, each problem at its field."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Performer
from audit.models import AuditEntry
from menus.models import MenuActionLog, MenuPreferences, PerformerMenu, PricedItem, Purchase, StaffLink
from menus.services.actions import log_action
from menus.services.preferences import change_preferences
from menus.services.purchases import purchase
from tests import factories
from tests.audit.test_admin import choose, confirm
from tests.menus.support import claim, menu_of, offer, rich

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return factories.signed_in(factories.staff())


def change_page(row: Any) -> str:  # noqa: ANN401 - any row
    """The address of its page."""
    return reverse(f"admin:menus_{row._meta.model_name}_change", args=[row.pk])


def add_page(model: str) -> str:
    """The address where one is added."""
    return reverse(f"admin:menus_{model}_add")


def test_a_menu_is_changed_with_a_reason(client: Client, performer: Performer) -> None:
    menu = menu_of(offer(performer))
    fields = {"name": "Renamed", "description": "", "type": "purchasable", "visibility": "public", "active": "on"}
    assert client.post(change_page(menu), {**fields, "audit_reason": "Asked for"}).status_code == 302
    menu.refresh_from_db()
    assert (menu.name, menu.published, menu.performer_id) == ("Renamed", False, performer.pk)
    assert AuditEntry.objects.filter(action="menus.menu.changed", reason="Asked for").exists()


def test_without_a_reason_nothing_changes(client: Client, performer: Performer) -> None:
    menu = menu_of(offer(performer))
    fields = {"name": "Renamed", "type": "purchasable", "visibility": "public"}
    assert client.post(change_page(menu), fields).status_code == 200
    assert menu_of(PricedItem.objects.get()).name == "Menu"


def test_a_menu_and_an_item_are_added_for_a_performer(client: Client, performer: Performer) -> None:
    menu = {"performer": performer.pk, "name": "New", "type": "purchasable", "visibility": "public", "active": "on"}
    assert client.post(add_page("performermenu"), {**menu, "audit_reason": "Help"}).status_code == 302
    made = PerformerMenu.objects.get(name="New")
    item = {"menu": made.pk, "name": "Song", "price": 12, "active": "on"}
    assert client.post(add_page("priceditem"), {**item, "audit_reason": "Help"}).status_code == 302
    assert PricedItem.objects.get(menu=made).price == 12


def test_a_price_that_does_not_fit_stands_at_its_field(client: Client, performer: Performer) -> None:
    item = offer(performer, price=10)
    page = client.post(change_page(item), {"name": "Song", "price": 100_000, "audit_reason": "Dear"})
    assert page.status_code == 200
    assert "A whole number from 1 to 99999." in page.content.decode()
    assert PricedItem.objects.get(pk=item.pk).price == 10


@pytest.mark.parametrize(
    ("name", "words"),
    [("Call +1 416 555 0123", "A phone number does not belong here."), ("\u202eeman", "One line of plain text")],
)
def test_staff_write_no_number_to_call_and_no_turned_text(
    client: Client, performer: Performer, name: str, words: str
) -> None:
    item = offer(performer)
    for row, fields in ((item, {"price": 100}), (menu_of(item), {"type": "purchasable", "visibility": "public"})):
        page = client.post(change_page(row), {**fields, "name": name, "audit_reason": "Asked for"})
        assert (page.status_code, words in page.content.decode()) == (200, True)
    assert (PricedItem.objects.get().name, PerformerMenu.objects.get().name) == ("Song", "Menu")


def test_a_conflict_is_refused_with_the_services_words(client: Client, performer: Performer) -> None:
    menu = menu_of(offer(performer))
    fields = {"name": "Menu", "type": "navigation", "visibility": "public", "audit_reason": "Test"}
    answer = client.post(change_page(menu), fields)
    assert (answer.status_code, answer.headers["X-Problem-Code"]) == (409, "CANNOT_PRICE_IN_THIS_MENU")


def test_menus_are_taken_off_sale_duplicated_and_removed(client: Client, performer: Performer) -> None:
    menu = menu_of(offer(performer))
    for action, typed in (("unpublish", ""), ("duplicate", ""), ("remove", "REMOVE")):
        fields = choose(client, "menus_performermenu", action, menu.pk)
        assert confirm(client, "menus_performermenu", fields, reason="Cleaning", typed=typed) == 302
    rest = PerformerMenu.objects.get()
    assert (rest.name, rest.published, rest.ordering) == ("Copy of Menu", False, 1)
    assert {"admin.unpublish", "admin.duplicate", "admin.remove"} <= set(
        AuditEntry.objects.values_list("action", flat=True)
    )


def test_what_was_sold_is_archived_and_only_looked_at(client: Client, performer: Performer) -> None:
    item = offer(performer)
    viewer = rich(factories.viewer())
    purchase(by=factories.actor(viewer), claim=claim(viewer), item_id=item.pk)
    fields = choose(client, "menus_priceditem", "remove", item.pk)
    confirm(client, "menus_priceditem", fields, reason="Cleaning", typed="REMOVE")
    item.refresh_from_db()
    assert item.archived_at is not None
    assert client.post(change_page(item), {"name": "Again", "price": 5, "audit_reason": "x"}).status_code == 403


@pytest.mark.parametrize("model", [Purchase, MenuActionLog])
def test_purchases_and_the_action_log_are_only_read(client: Client, performer: Performer, model: Any) -> None:  # noqa: ANN401
    viewer = rich(factories.viewer())
    purchase(by=factories.actor(viewer), claim=claim(viewer), item_id=offer(performer).pk)
    log_action(performer_id=performer.pk, item_id="help", duration_ms=1)
    page = change_page(model.objects.get())
    assert client.get(page).status_code == 200
    assert client.post(page, {"price": 1, "audit_reason": "x"}).status_code == 403
    assert client.get(add_page(model._meta.model_name)).status_code == 403


def test_a_link_is_added_moved_and_found(client: Client) -> None:
    link = {"title": "100% news_", "path": "/help/", "internal": "on", "section": "support", "public": "on"}
    for title in ("A", "B", "100% news_"):
        assert client.post(add_page("stafflink"), {**link, "title": title, "audit_reason": "New"}).status_code == 302
    last = StaffLink.objects.get(title="100% news_")
    moved = {**link, "ordering": 1, "audit_reason": "First"}
    assert client.post(change_page(last), moved).status_code == 302
    assert list(StaffLink.objects.order_by("ordering").values_list("title", flat=True)) == ["100% news_", "A", "B"]
    for searched, hits in (("100% news_", 1), ("%", 1), ("_", 1), ("A", 1), ("zzz", 0)):
        found = client.get(reverse("admin:menus_stafflink_changelist"), {"q": searched})
        assert found.context["cl"].result_count == hits, searched


def test_a_link_that_does_not_fit_is_refused(client: Client) -> None:
    link = {"title": "X", "path": "javascript:alert(1)", "internal": "on", "section": "support", "audit_reason": "New"}
    answer = client.post(add_page("stafflink"), link)
    assert answer.status_code in {200, 400}
    assert not StaffLink.objects.exists()


def test_links_are_removed_and_preferences_reset(client: Client, performer: Performer) -> None:
    link = StaffLink.objects.create(title="A", path="/", section="support", ordering=1)
    fields = choose(client, "menus_stafflink", "remove", link.pk)
    confirm(client, "menus_stafflink", fields, reason="Old")
    assert not StaffLink.objects.exists()
    change_preferences(by=factories.actor(performer), performer_id=performer.pk, changes={"quick_actions": ["help"]})
    fields = choose(client, "menus_menupreferences", "reset", performer.pk)
    confirm(client, "menus_menupreferences", fields, reason="Asked for")
    assert MenuPreferences.objects.get(performer=performer).quick_actions == []
