"""The golden table of S0: each item in each state. Written from the specification, not from the registry.

E: visible and enabled. d: visible, disabled with a reason (a prohibited state). -: hidden (the required state not met).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.exceptions import DomainError
from menus.builder import base, build
from menus.definitions import Facts
from modelstate.policies import check_can
from modelstate.states import Event, State
from tests.menus.support import (
    EVERY_PERMISSION,
    FEATURES_OPEN,
    SECTIONS_OPEN,
    context,
    item,
    item_in,
    section_ids,
)

STATES = (
    State.OFFLINE,
    State.IDLE,
    State.STREAMING,
    State.IN_QUEUE,
    State.PERFORMING,
    State.STREAM_IN_QUEUE,
    State.STREAM_PERFORMING,
)
#                              OFF IDL STR INQ PER SIQ SPE
GOLDEN = {
    # appendix: requiredState IDLE
    "start-stream":             "-  E  -  -  -  -  -",
    # appendix: required STREAMING, STREAM_IN_QUEUE; prohibited STREAM_PERFORMING
    "stop-stream":              "-  -  E  -  -  E  d",
    # table: Streaming Active
    "adjust-camera":            "-  -  E  -  -  E  E",
    "adjust-audio":             "-  -  E  -  -  E  E",
    # the table says: in any state
    "broadcast-settings":       "E  E  E  E  E  E  E",
    # appendix: required IDLE, STREAMING; prohibited the four of queue and performance
    "join-queue":               "-  E  E  d  d  d  d",
    # appendix: required IN_QUEUE, STREAM_IN_QUEUE; prohibited PERFORMING, STREAM_PERFORMING
    "leave-queue":              "-  -  -  E  d  E  d",
    # table: In Queue
    "queue-position":           "-  -  -  E  -  E  -",
    "next-performance":         "-  -  -  E  -  E  -",
    # completion actions are for the performing states; the next one starts from the queue, one at a time
    "start-next":               "-  -  -  E  d  E  d",
    "finish-performance":       "-  -  -  -  E  -  E",
    "abandon-performance":      "-  -  -  -  E  -  E",
    # the table says: in any state, and read-only history stays in OFFLINE
    "performance-history":      "E  E  E  E  E  E  E",
    "view-balance":             "E  E  E  E  E  E  E",
    "earnings-today":           "E  E  E  E  E  E  E",
    "transaction-history":      "E  E  E  E  E  E  E",
    # OFFLINE: historical data access only, no controls
    "view-queue":               "-  E  E  E  E  E  E",
    "performance-mode":         "-  E  E  E  E  E  E",
    "performance-settings":     "-  E  E  E  E  E  E",
    "request-payout":           "-  E  E  E  E  E  E",
    "promotion-manager":        "-  E  E  E  E  E  E",
    # appendix: STREAMING, STREAM_IN_QUEUE, STREAM_PERFORMING; table: Streaming
    "set-mood":                 "-  -  E  -  -  E  E",
    "quick-responses":          "-  -  E  -  -  E  E",
    "engagement-tools":         "-  -  E  -  -  E  E",
    # always available: navigation, settings, support
    "dashboard":                "E  E  E  E  E  E  E",
    "notification-center":      "E  E  E  E  E  E  E",
    "logout":                   "E  E  E  E  E  E  E",
    "profile-settings":         "E  E  E  E  E  E  E",
    "notification-preferences": "E  E  E  E  E  E  E",
    "schedule-management":      "E  E  E  E  E  E  E",
    "menu-settings":            "E  E  E  E  E  E  E",
    "help":                     "E  E  E  E  E  E  E",
    "contact-support":          "E  E  E  E  E  E  E",
    "system-status":            "E  E  E  E  E  E  E",
    "tutorials":                "E  E  E  E  E  E  E",
}  # fmt: skip
CELLS = [
    (item_id, state, mark)
    for item_id, marks in GOLDEN.items()
    for state, mark in zip(STATES, marks.split(), strict=True)
]
#: Permission → the items that need it (S0, *Least Privilege Policy* and appendix).
GUARDED = {
    "STREAM": {"start-stream", "stop-stream"},
    "JOIN_QUEUE": {"join-queue"},
    "LEAVE_QUEUE": {"leave-queue"},
    "READ_QUEUE": {
        "view-queue",
        "next-performance",
        "performance-history",
        "queue-position",
        "start-next",
        "finish-performance",
        "abandon-performance",
    },
    "READ_WALLET": {"view-balance", "earnings-today"},
    "REQUEST_PAYOUT": {"request-payout"},
    "READ_TRANSACTIONS": {"transaction-history"},
    "MANAGE_PROMOTIONS": {"promotion-manager"},
    "UPDATE_MOOD": {"set-mood", "quick-responses"},
}


def refused_with(event: Event, state: State) -> str | None:
    """The words of the service's refusal; None where it would not refuse."""
    try:
        check_can(event, state)
    except DomainError as refusal:
        return refusal.message
    return None


@pytest.mark.parametrize(("item_id", "state", "mark"), CELLS)
def test_every_item_in_every_state(item_id: str, state: State, mark: str) -> None:
    found = item_in(state, item_id)
    assert (found.visible, found.enabled) == {"E": (True, True), "d": (True, False), "-": (False, False)}[mark]
    assert (found.reason is None) == found.enabled


def test_the_golden_table_is_complete() -> None:
    shown = {view.id for section in build(context()).sections for view in section.items}
    assert shown == set(GOLDEN)


@pytest.mark.parametrize("state", State)
def test_available_in_names_the_states_where_it_is_enabled(state: State) -> None:
    for item_id, marks in GOLDEN.items():
        works = [str(other) for other, mark in zip(STATES, marks.split(), strict=True) if mark == "E"]
        assert sorted(item_in(state, item_id).available_in) == sorted(works)


@pytest.mark.parametrize(
    ("item_id", "event"),
    [
        ("start-stream", Event.START_STREAM),
        ("stop-stream", Event.STOP_STREAM),
        ("join-queue", Event.JOIN_QUEUE),
        ("leave-queue", Event.LEAVE_QUEUE),
    ],
)
@pytest.mark.parametrize("state", State)
def test_the_reason_is_the_refusal_that_the_service_would_give(item_id: str, event: Event, state: State) -> None:
    assert item_in(state, item_id).reason == refused_with(event, state)


def test_leaving_is_refused_during_a_performance_in_the_words_of_the_sources() -> None:
    assert item_in(State.PERFORMING, "leave-queue").reason == "Cannot leave queue during performance"


@pytest.mark.parametrize(("permission", "items"), GUARDED.items(), ids=GUARDED)
@pytest.mark.parametrize("state", [State.IDLE, State.STREAM_PERFORMING])
def test_what_lacks_its_permission_is_absent(permission: str, items: set[str], state: State) -> None:
    menu = build(context(state, permissions=EVERY_PERMISSION - {permission}))
    shown = {view.id for section in menu.sections for view in section.items}
    assert shown == set(GOLDEN) - items


@pytest.mark.parametrize("name", ["streaming", "queue", "financial", "settings", "support"])
def test_a_section_without_its_flag_is_absent(name: str) -> None:
    flags = (SECTIONS_OPEN | FEATURES_OPEN) - {f"section.{name}"}
    assert name not in section_ids(build(context(facts=Facts(flags, payable=10**6))))


def test_a_section_left_empty_is_absent() -> None:
    menu = build(context(permissions=frozenset(), facts=Facts(SECTIONS_OPEN)))
    shown = {section.id: [view.id for view in section.items] for section in menu.sections}
    assert shown["queue"] == ["performance-settings"]
    nobody = build(context(roles=frozenset({"viewer"}), permissions=frozenset()))
    assert nobody.sections == ()


def test_administration_is_hidden_from_performers() -> None:
    assert "admin" not in section_ids(build(context()))


def test_administration_is_shown_to_staff_alone_and_they_see_nothing_of_a_performer() -> None:
    menu = build(context(roles=frozenset({"staff"})))
    assert section_ids(menu) == ["admin"]


def test_a_performer_of_the_staff_sees_both() -> None:
    sections = section_ids(build(context(roles=frozenset({"performer", "staff"}))))
    assert sections == ["streaming", "queue", "financial", "settings", "support", "navigation", "admin"]


# --- business preconditions, features


def test_a_payout_below_the_minimum_says_so() -> None:
    found = item_in(State.IDLE, "request-payout", facts=Facts(SECTIONS_OPEN | FEATURES_OPEN, payable=999))
    assert (found.visible, found.enabled) == (True, False)
    assert found.reason is not None
    assert "1,000" in found.reason


def test_a_payout_at_the_minimum_is_enabled() -> None:
    assert item_in(State.IDLE, "request-payout", facts=Facts(SECTIONS_OPEN | FEATURES_OPEN, payable=1000)).enabled


def test_the_minimum_is_looked_at_before_the_feature() -> None:
    poor = item_in(State.IDLE, "request-payout", facts=Facts(SECTIONS_OPEN, payable=0))
    rich = item_in(State.IDLE, "request-payout", facts=Facts(SECTIONS_OPEN, payable=5000))
    assert poor.reason != rich.reason
    assert rich.reason == "Payouts are not open yet."


@pytest.mark.parametrize(
    ("item_id", "reason"),
    [
        ("promotion-manager", "Promotions are not open yet."),
        ("set-mood", "Moods and quick responses are not open yet."),
        ("quick-responses", "Moods and quick responses are not open yet."),
        ("engagement-tools", "Engagement tools are not open yet."),
        ("notification-center", "The notification center is not open yet."),
        ("schedule-management", "Schedules are not open yet."),
    ],
)
def test_a_feature_that_is_not_open_is_announced_with_an_honest_reason(item_id: str, reason: str) -> None:
    found = item_in(State.STREAMING, item_id, facts=Facts(SECTIONS_OPEN))
    assert (found.visible, found.enabled, found.reason) == (True, False, reason)


def test_a_state_that_hides_goes_before_a_closed_feature() -> None:
    assert not item_in(State.IDLE, "set-mood", facts=Facts(SECTIONS_OPEN)).visible


# --- numbers of the moment


def test_the_position_is_label_and_badge_while_she_is_in_the_line() -> None:
    found = item_in(State.IN_QUEUE, "queue-position", facts=Facts(SECTIONS_OPEN, position=5))
    assert (found.label, found.badge, found.action, found.visible) == ("Position: 5", "Position: 5", None, True)


def test_no_badge_outside_the_line_and_none_is_kept() -> None:
    build(context(State.IN_QUEUE, facts=Facts(SECTIONS_OPEN, position=5)))
    found = item_in(State.IDLE, "queue-position", facts=Facts(SECTIONS_OPEN, position=5))
    assert (found.visible, found.badge) == (False, None)
    assert item_in(State.IN_QUEUE, "queue-position", facts=Facts(SECTIONS_OPEN, position=2)).badge == "Position: 2"


# --- preferences


def test_her_order_keeps_streaming_first_and_adds_what_she_left_out() -> None:
    menu = build(context(section_order=("streaming", "support", "financial")))
    assert section_ids(menu) == ["streaming", "support", "financial", "queue", "settings", "navigation"]
    assert [section.order for section in menu.sections] == [1, 2, 3, 4, 5, 6]


def test_hidden_sections_are_gone_but_never_navigation_or_support() -> None:
    menu = build(context(hidden_sections=frozenset({"financial", "navigation", "support"})))
    assert section_ids(menu) == ["streaming", "queue", "settings", "support", "navigation"]


def test_her_shortcut_replaces_the_default_on_that_item_alone() -> None:
    menu = build(context(State.STREAMING, shortcuts=(("startStream", "ctrl+shift+s"),)))
    assert item(menu, "start-stream").shortcut == "ctrl+shift+s"
    assert item(menu, "stop-stream").shortcut == "alt+shift+s"
    assert item_in(State.STREAMING, "start-stream").shortcut == "alt+shift+s"


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.OFFLINE, ["dashboard", "performance-history", "help"]),
        (State.IDLE, ["start-stream", "join-queue", "view-balance", "broadcast-settings"]),
        (State.STREAMING, ["stop-stream", "join-queue", "set-mood", "adjust-camera", "view-balance"]),
        (State.IN_QUEUE, ["start-next", "leave-queue", "view-queue", "next-performance"]),
        (State.PERFORMING, ["finish-performance", "abandon-performance", "view-queue"]),
    ],
)
def test_without_pins_the_state_decides_three_to_five_quick_actions(state: State, expected: list[str]) -> None:
    assert [action.id for action in build(context(state)).quick_actions] == expected


def test_pins_come_first_and_suggestions_fill_up_to_three() -> None:
    menu = build(context(quick_actions=("view-balance",)))
    assert [action.id for action in menu.quick_actions] == ["view-balance", "start-stream", "join-queue"]


def test_pins_that_do_not_work_in_the_state_are_hidden() -> None:
    pins = ("start-stream", "join-queue", "leave-queue", "view-balance", "help")
    shown = [action.id for action in build(context(State.PERFORMING, quick_actions=pins)).quick_actions]
    assert shown == ["view-balance", "help", "finish-performance"]


def test_pins_without_permission_are_hidden() -> None:
    menu = build(context(permissions=EVERY_PERMISSION - {"JOIN_QUEUE"}, quick_actions=("join-queue",)))
    assert "join-queue" not in [action.id for action in menu.quick_actions]


def test_a_hidden_section_keeps_its_pins() -> None:
    menu = build(context(hidden_sections=frozenset({"queue"}), quick_actions=("join-queue",)))
    assert menu.quick_actions[0].id == "join-queue"


def test_the_shared_part_is_never_changed_by_one_performers_menu() -> None:
    key = (frozenset({"performer"}), EVERY_PERMISSION, SECTIONS_OPEN | FEATURES_OPEN, State.IN_QUEUE)
    before = base(*key)
    build(replace(context(State.IN_QUEUE), facts=Facts(key[2], position=9), shortcuts=(("joinQueue", "f2"),)))
    assert base(*key) is before
    assert before.by_id["queue-position"].badge is None


def test_the_versions_are_passed_on() -> None:
    menu = build(context(version=7, preferences_version=3))
    assert (menu.version, menu.preferences_version) == (7, 3)
