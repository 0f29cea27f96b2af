"""Menu settings, broadcast settings, colours: saved whole, refused by field, never half."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Performer
from dashboard.presenters.settings import NOTIFIABLE, preferences_form
from menus.preferences import Preferences
from menus.queries.menu import preferences_of
from menus.registry import ACTIONS
from modelstate.queries import broadcast_of
from tests.dashboard.support import parts, press, test_ids, text, told

pytestmark = pytest.mark.django_db

ORDER = ["streaming", "queue", "financial", "settings", "support"]


def page(version: Any = 0, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - form fields
    """The page of settings as it is sent, with nothing chosen."""
    shown = ["streaming", "queue", "financial", "settings"]
    return {
        "version": str(version),
        "section": ORDER,
        "show": shown,
        "widget": ["quick-actions", "queue", "wallet"],
        **changes,
    }


def test_pinning_shows_the_action_at_once(hers: Client) -> None:
    response = press(hers, "menu-settings", **page(pin=["join-queue"]))
    assert parts(response) == {"menu", "quick", "preferences"}
    assert "quick-action-join-queue" in test_ids(response)
    assert "quick-action-join-queue" in test_ids(hers.get("/"))


def test_pins_keep_their_order(performer: Performer, hers: Client) -> None:
    press(hers, "menu-settings", **page(pin=["view-balance", "help"]))
    assert preferences_of(performer.pk).quick_actions == ["view-balance", "help"]
    rows = preferences_form(preferences_of(performer.pk)).pins
    assert [row.id for row in rows if row.on] == [row.id for row in rows[:2]] == ["view-balance", "help"]


def test_the_order_of_sections_is_the_order_of_the_rows(hers: Client) -> None:
    press(hers, "menu-settings", **page(section=["streaming", "financial", "queue", "settings", "support"]))
    document = hers.get("/").content.decode()
    assert document.index('id="menu-financial"') < document.index('id="menu-queue"')


def test_a_hidden_section_is_gone(hers: Client) -> None:
    press(hers, "menu-settings", **page(show=["financial", "settings"]))
    assert 'id="menu-queue"' not in hers.get("/").content.decode()


def test_a_widget_that_is_off_leaves_the_desk(hers: Client) -> None:
    press(hers, "menu-settings", **page(widget=["queue"]))
    assert "wallet-earned" not in test_ids(hers.get("/"))


def test_quick_actions_can_leave_the_desk(hers: Client) -> None:
    press(hers, "menu-settings", **page(widget=["queue"]))
    assert not [name for name in test_ids(hers.get("/")) if name.startswith("quick-action-")]


def test_a_running_performance_cannot_be_left_out(hers: Client) -> None:
    assert 'name="widget" value="performance"' in hers.get(reverse("menu-settings")).content.decode()


def test_shortcuts_are_what_she_typed(performer: Performer, hers: Client) -> None:
    press(hers, "menu-settings", **page(**{"key.startStream": " Alt+Shift+9 ", "key.joinQueue": ""}))
    assert preferences_of(performer.pk).keyboard_shortcuts == {"startStream": "alt+shift+9"}
    assert "alt+shift+9" in hers.get("/").content.decode()


def test_notifications_are_kept_by_action(performer: Performer, hers: Client) -> None:
    press(hers, "menu-settings", **page(notifiable=["startStream", "joinQueue"], notify=["joinQueue"]))
    assert preferences_of(performer.pk).notifications == {"joinQueue": True, "startStream": False}


def test_the_page_offers_every_notice(hers: Client) -> None:
    document = hers.get(reverse("menu-settings")).content.decode()
    assert all(f'name="notifiable" value="{action}"' in document for action in NOTIFIABLE)


@pytest.mark.parametrize(
    "changes",
    [
        {"pin": ["nothing"]},
        {"pin": ["help"] * 2},
        {"pin": ["help", "view-balance", "join-queue", "start-stream", "dashboard", "view-queue"]},
        {"section": ["queue", "streaming"]},
        {"widget": ["clock"]},
        {"key.startStream": "ctrl+t"},
        {"key.nothing": "ctrl+shift+9"},
        {"version": "x"},
        {"version": "-1"},
    ],
)
def test_a_wrong_page_changes_nothing(performer: Performer, hers: Client, changes: dict[str, Any]) -> None:
    assert told(press(hers, "menu-settings", **{**page(), **changes})) == (400, "VALIDATION_ERROR")
    assert preferences_of(performer.pk) == Preferences()


def test_a_page_from_before_another_device_saved_is_refused(performer: Performer, hers: Client) -> None:
    press(hers, "menu-settings", **page(pin=["help"]))
    assert told(press(hers, "menu-settings", **page(0, pin=["dashboard"]))) == (412, "PRECONDITION_FAILED")
    assert preferences_of(performer.pk).quick_actions == ["help"]


def test_reset_brings_the_usual_menu_back(performer: Performer, hers: Client) -> None:
    press(hers, "menu-settings", **page(pin=["help"], show=[]))
    assert press(hers, "menu-settings-reset").status_code == 200
    assert preferences_of(performer.pk).quick_actions == []
    assert 'id="menu-queue"' in hers.get("/").content.decode()


def test_a_viewer_has_no_menu_to_set(his: Client) -> None:
    assert told(press(his, "menu-settings", **page())) == (403, "PERMISSION_DENIED")


def test_every_notifiable_action_exists() -> None:
    assert set(NOTIFIABLE) <= ACTIONS


BROADCAST = {"title": "Late show", "quality": "720p", "privacy": "private", "camera": "", "microphone": "Shure"}


def test_broadcast_settings(performer: Performer, hers: Client) -> None:
    assert press(hers, "stream-settings", **BROADCAST).status_code == 200
    saved = broadcast_of(performer.pk)
    assert (saved.title, saved.quality, saved.privacy, saved.camera) == ("Late show", "720p", "private", "")
    assert "Late show" in hers.get(reverse("stream-settings")).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("title", "x" * 101), ("quality", "8k"), ("privacy", "nobody"), ("camera", "x" * 101)],
)
def test_a_wrong_broadcast_setting_is_named(hers: Client, field: str, value: str) -> None:
    refused = press(hers, "stream-settings", **{**BROADCAST, field: value})
    assert told(refused) == (400, "VALIDATION_ERROR")
    assert f'data-field="{field}"' in refused.content.decode()


@pytest.mark.parametrize("value", ["light", "dark", "system"])
def test_colours_are_kept_by_the_browser(hers: Client, value: str) -> None:
    response = press(hers, "theme", theme=value)
    assert response.cookies["theme"].value == value
    assert ('data-theme="dark"' in hers.get("/").content.decode()) == (value == "dark")


def test_a_colour_that_is_none(hers: Client) -> None:
    assert told(press(hers, "theme", theme='"><script>')) == (400, "VALIDATION_ERROR")


def test_a_planted_cookie_is_no_colour(hers: Client) -> None:
    hers.cookies["theme"] = '"><script>alert(1)</script>'
    assert "<script>alert" not in hers.get("/").content.decode()


def test_the_profile_tells_what_she_may_do(performer: Performer, hers: Client) -> None:
    words = text(hers.get(reverse("profile")))
    assert performer.stage_name in words
    assert "Join the line" in words
    assert "this one" in words
