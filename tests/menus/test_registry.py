"""Every row of S0's tables is an item, with the appendix' ids, labels, icons and actions as they are written there."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from core.exceptions import FeatureDisabled
from menus.features import CLOSED, check_feature_open
from menus.registry import (
    BY_ID,
    CATEGORIES,
    ITEMS,
    SECTION_BY_ID,
    SECTION_OF,
    SECTIONS,
    SUGGESTED,
    TWINS,
)
from modelstate.states import State

ROOT = Path(__file__).resolve().parents[2]

#: S0, *Default Menu Items*: the table's name → the item that is meant. Where the appendix has an id for it, that one.
TABLES = {
    "Dashboard Home": "dashboard",
    "Profile Settings": "profile-settings",
    "Notification Center": "notification-center",
    "Help Center": "help",
    "Logout": "logout",
    "Start Stream": "start-stream",
    "Stop Stream": "stop-stream",
    "Adjust Camera": "adjust-camera",
    "Adjust Audio": "adjust-audio",
    "Broadcast Settings": "broadcast-settings",
    "Join Queue": "join-queue",
    "Leave Queue": "leave-queue",
    "View Queue Position": "queue-position",
    "Next Performance": "next-performance",
    "Performance History": "performance-history",
    "View Balance": "view-balance",
    "Earnings Today": "earnings-today",
    "Payout Request": "request-payout",
    "Promotion Manager": "promotion-manager",
    "Transaction History": "transaction-history",
    "Set Mood": "set-mood",
    "Quick Responses": "quick-responses",
    "Engagement Tools": "engagement-tools",
}

#: S0, *Appendix* and samples: id, label, icon, action, section, permission.
APPENDIX = [
    ("start-stream", "Start Stream", "video", "startStream", "streaming", "STREAM"),
    ("stop-stream", "Stop Stream", "video-off", "stopStream", "streaming", "STREAM"),
    ("join-queue", "Join Queue", "list", "joinQueue", "queue", "JOIN_QUEUE"),
    ("leave-queue", "Leave Queue", "x", "leaveQueue", "queue", "LEAVE_QUEUE"),
    ("view-balance", "Balance", "wallet", "viewBalance", "financial", "READ_WALLET"),
    ("request-payout", "Request Payout", "dollar", "requestPayout", "financial", "REQUEST_PAYOUT"),
    ("set-mood", "Set Mood", "emoji", "setMood", "settings", "UPDATE_MOOD"),
    ("dashboard", "Dashboard", "home", "navigateDashboard", "navigation", None),
    ("help", "Help", "question", "openHelp", "support", None),
    ("broadcast-settings", "Settings", "sliders", "openSettings", "streaming", None),
]

#: S0, *Level 2: Feature Categories*.
LEVEL_2 = {
    "streaming": {
        "Start/Stop Streaming",
        "Broadcast Settings",
        "Camera & Audio Controls",
        "Performance Mode Toggle",
    },
    "queue": {"View Queue", "Join/Leave Queue", "Queue Position Status", "Performance Settings"},
    "financial": {"Wallet Balance", "Earnings Summary", "Payout Requests", "Promotion Settings"},
    "settings": {"Profile Settings", "Mood Configuration", "Notification Preferences", "Schedule Management"},
    "support": {"Help Center", "Contact Support", "System Status", "Tutorials"},
}


@pytest.mark.parametrize(("name", "item_id"), TABLES.items(), ids=TABLES)
def test_every_row_of_the_tables_is_an_item(name: str, item_id: str) -> None:
    assert item_id in BY_ID


@pytest.mark.parametrize(("item_id", "label", "icon", "action", "section", "permission"), APPENDIX)
def test_the_appendix_is_kept_word_for_word(
    item_id: str, label: str, icon: str, action: str, section: str, permission: str | None
) -> None:
    item = BY_ID[item_id]
    assert (item.label, item.icon, item.action, SECTION_OF[item.category]) == (label, icon, action, section)
    assert (item.permission and item.permission.value) == permission


def test_the_position_in_the_queue_only_shows() -> None:
    assert BY_ID["queue-position"].action is None


def test_ids_and_actions_are_unique() -> None:
    assert [found for found, times in Counter(item.id for item in ITEMS).items() if times > 1] == []
    actions = Counter(item.action for item in ITEMS if item.action)
    assert [found for found, times in actions.items() if times > 1] == []


@pytest.mark.parametrize(("section", "names"), LEVEL_2.items(), ids=LEVEL_2)
def test_the_second_level_has_every_feature_category(section: str, names: set[str]) -> None:
    assert names <= {category.label for category in CATEGORIES if category.section == section}


def test_no_category_is_empty_and_every_item_has_one() -> None:
    assert {item.category for item in ITEMS} == {category.id for category in CATEGORIES}
    assert {category.section for category in CATEGORIES} == set(SECTION_BY_ID)


def test_the_five_primary_sections_come_in_order_with_streaming_first() -> None:
    primary = [section.id for section in SECTIONS][:5]
    assert primary == ["streaming", "queue", "financial", "settings", "support"]
    assert [section.order for section in SECTIONS] == list(range(1, len(SECTIONS) + 1))


def test_only_navigation_support_and_administration_cannot_be_hidden() -> None:
    assert {section.id for section in SECTIONS if not section.hideable} == {"navigation", "support", "admin"}


def test_every_icon_is_in_the_sprite() -> None:
    drawn = set(json.loads((ROOT / "frontend" / "icons.json").read_text()))
    assert {item.icon for item in ITEMS} | {section.icon for section in SECTIONS} <= drawn


def test_suggestions_and_twins_name_what_exists() -> None:
    assert set(SUGGESTED) == set(State)
    assert all(item_id in BY_ID for suggested in SUGGESTED.values() for item_id in suggested)
    assert {action for pair in TWINS for action in pair} <= {item.action for item in ITEMS}


def test_a_closed_feature_says_which_one() -> None:
    with pytest.raises(FeatureDisabled, match="Payouts are not open yet"):
        check_feature_open("payouts", frozenset())
    check_feature_open("payouts", {"payouts"})


def test_every_announced_feature_has_its_words_and_is_used() -> None:
    assert {item.feature for item in ITEMS if item.feature} == set(CLOSED)


@pytest.mark.django_db
def test_every_flag_that_the_registry_names_exists() -> None:
    from accounts.models import FeatureFlag

    named = {item.feature for item in ITEMS} | {item.flag for item in ITEMS} | {section.flag for section in SECTIONS}
    assert named - {None} <= set(FeatureFlag.objects.values_list("name", flat=True))
