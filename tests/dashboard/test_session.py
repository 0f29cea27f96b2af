"""What a performer does from her desk: each press once, refusals in the service's own words, the answer complete."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from structlog.testing import capture_logs

from accounts.models import Performer, Viewer
from menus.models import MenuActionLog
from modelstate.services import start_stream
from modelstate.states import State
from queue_app import services as queue
from queue_app.queries import settings_of
from queue_app.states import Mode
from tests import factories
from tests.dashboard.support import HTMX, fetch, parts, press, test_ids, text, told
from tests.queue_app.support import bought, come, depth_of, earned_by, rich, running, state_of, status_of, tokens_of

pytestmark = pytest.mark.django_db

ACTIONS = ("start-stream", "stop-stream", "join-queue", "leave-queue", "start-next", "finish-performance")
SESSION = {"menu", "quick", "pill", "stage", "queue", "wallet", "balance"}


@pytest.fixture
def in_line(performer: Performer, hers: Client) -> Performer:
    """She waits in the line."""
    queue.join(by=factories.actor(performer), performer_id=performer.pk)
    return performer


@pytest.fixture
def runs(in_line: Performer, viewer: Viewer) -> UUID:
    """The item that she performs."""
    return running(viewer, in_line)


# --- the way through a session


def test_going_live_changes_state_and_controls(performer: Performer, hers: Client) -> None:
    response = press(hers, "start-stream")
    assert response.status_code == 200
    assert state_of(performer) == State.STREAMING
    assert "stop-stream" in test_ids(response)
    assert "start-stream" not in test_ids(response)


def test_an_answer_brings_every_region_it_changed_and_their_versions(performer: Performer, hers: Client) -> None:
    response = press(hers, "start-stream")
    assert parts(response) == SESSION
    assert f"state:{performer.pk}=2" in response.headers["X-Versions"]
    assert "You are live." in response.headers["HX-Trigger"]


def test_stopping(performer: Performer, hers: Client) -> None:
    start_stream(by=factories.actor(performer), performer_id=performer.pk)
    assert "start-stream" in test_ids(press(hers, "stop-stream"))
    assert state_of(performer) == State.IDLE


def test_joining_shows_the_place(performer: Performer, hers: Client) -> None:
    assert {"queue-position", "leave-queue"} <= set(test_ids(press(hers, "join-queue")))
    assert state_of(performer) == State.IN_QUEUE


def test_leaving(in_line: Performer, hers: Client) -> None:
    assert "join-queue" in test_ids(press(hers, "leave-queue"))
    assert state_of(in_line) == State.IDLE


def test_start_next_starts_the_head(in_line: Performer, viewer: Viewer, hers: Client) -> None:
    first = bought(viewer, in_line)
    second = bought(viewer, in_line)
    response = press(hers, "start-next")
    assert "performance-timer" in test_ids(response)
    assert (status_of(first), status_of(second)) == ("started", "created")
    assert f"item:{first}=2" in response.headers["X-Versions"]


def test_start_next_names_the_item_that_it_shows(in_line: Performer, viewer: Viewer, hers: Client) -> None:
    head, _second = bought(viewer, in_line), bought(viewer, in_line)
    # On the card, in the menu and among the quick actions.
    assert hers.get("/").content.decode().count(f'"item":"{head}"') == 3


@pytest.mark.parametrize(
    ("gone", "code"),
    [("refund", "INVALID_STATE_TRANSITION"), ("requeue", "CANNOT_START_OUT_OF_ORDER"), ("hand on", "NOT_FOUND")],
)
def test_a_page_that_is_behind_starts_nothing_but_what_it_shows(
    in_line: Performer, viewer: Viewer, hers: Client, gone: str, code: str
) -> None:
    shown, next_one = bought(viewer, in_line), bought(viewer, in_line)
    staff = factories.actor(factories.staff())
    if gone == "refund":
        queue.refund(by=staff, item_id=shown)
    elif gone == "requeue":
        queue.requeue(by=staff, item_id=shown, reason="He asked for it.")
    else:
        shown = bought(viewer, come(factories.performer()))

    assert told(press(hers, "start-next", item=str(shown)))[1] == code

    assert (status_of(next_one), state_of(in_line)) == ("created", State.IN_QUEUE)


def test_start_next_pressed_twice_on_one_page_starts_one(in_line: Performer, viewer: Viewer, hers: Client) -> None:
    shown, next_one = bought(viewer, in_line), bought(viewer, in_line)
    press(hers, "start-next", item=str(shown))
    assert told(press(hers, "start-next", item=str(shown))) == (409, "INVALID_STATE_TRANSITION")
    assert (status_of(shown), status_of(next_one)) == ("started", "created")


@pytest.mark.parametrize("item", ["17", "the first one"])
def test_start_next_of_what_is_no_item(in_line: Performer, viewer: Viewer, hers: Client, item: str) -> None:
    waiting = bought(viewer, in_line)
    assert told(press(hers, "start-next", item=item)) == (400, "VALIDATION_ERROR")
    assert status_of(waiting) == "created"


def test_completing_pays_her(runs: UUID, performer: Performer, viewer: Viewer, hers: Client) -> None:
    response = press(hers, "finish-performance")
    assert status_of(runs) == "finished"
    assert (earned_by(performer), tokens_of(viewer)) == (100, (900, 0))
    assert "performance-timer" not in test_ids(response)


def test_ending_early_gives_everything_back(runs: UUID, performer: Performer, viewer: Viewer, hers: Client) -> None:
    press(hers, "abandon-performance")
    assert status_of(runs) == "refunded"
    assert (earned_by(performer), tokens_of(viewer)) == (0, (1000, 0))


def test_declining_a_waiting_item_gives_everything_back(in_line: Performer, viewer: Viewer, hers: Client) -> None:
    item = bought(viewer, in_line)
    assert press(hers, "decline-item", item).status_code == 200
    assert (status_of(item), tokens_of(viewer), depth_of(in_line)) == ("refunded", (1000, 0), 0)


def test_the_card_ends_the_item_that_it_shows(runs: UUID, performer: Performer, viewer: Viewer, hers: Client) -> None:
    # On the card, in the menu and among the quick actions: both ends name the item, and the part in its form.
    assert hers.get("/").content.decode().count(f'"item":"{runs}"') == 7
    following = bought(viewer, performer)
    press(hers, "finish-performance")
    press(hers, "join-queue")
    press(hers, "start-next")

    late = [press(hers, name, item=str(runs)) for name in ("finish-performance", "abandon-performance")]

    assert [told(response)[1] for response in late] == ["NOT_FOUND"] * 2
    assert status_of(following) == "started"


# --- what an end settles


def vals_of(page: str, test_id: str) -> dict[str, str]:
    """What the card's control sends."""
    found = re.search(rf'data-testid="{test_id}"[^>]*hx-vals=\'([^\']+)\'', page)
    assert found is not None
    sent: dict[str, str] = json.loads(found.group(1))
    return sent


def test_the_card_shows_what_each_end_settles(runs: UUID, hers: Client) -> None:
    page = hers.get("/")
    assert {"preview-finish-performance", "preview-abandon-performance"} <= set(test_ids(page))
    assert "100 paid to you" in text(page)
    assert "100 back to the viewer" in text(page)


def test_completing_as_foreseen_tells_the_receipt(runs: UUID, hers: Client) -> None:
    sent = vals_of(hers.get("/").content.decode(), "finish-performance")
    assert sent["foreseen"] == "settle:escrow:earned:100"
    told_so = press(hers, "finish-performance", foreseen=sent["foreseen"]).headers["HX-Trigger"]
    assert "Completed. 100 tokens paid to you." in told_so


def test_a_settlement_that_was_not_foreseen_is_flagged(runs: UUID, hers: Client) -> None:
    with capture_logs() as logged:
        response = press(hers, "finish-performance", foreseen="settle:escrow:earned:99")
    assert json.loads(response.headers["HX-Trigger"])["toast"]["kind"] == "warn"
    assert [entry["event"] for entry in logged if entry["log_level"] == "warning"] == ["settlement.differs"]


def test_completing_in_part_pays_the_part(runs: UUID, performer: Performer, viewer: Viewer, hers: Client) -> None:
    response = press(hers, "finish-performance", settled="30", item=str(runs))
    assert "30 tokens paid to you, 70 back to the viewer." in response.headers["HX-Trigger"]
    assert (earned_by(performer), tokens_of(viewer)) == (30, (970, 0))


def test_a_part_is_foreseen_while_it_is_typed(runs: UUID, hers: Client) -> None:
    seen = hers.get(reverse("partial-preview"), {"settled": "60", "item": str(runs)}, headers=HTMX)
    assert text(seen) == "60 tokens paid to you, 40 back to the viewer."
    assert 'data-of="60"' in seen.content.decode()
    assert text(hers.get(reverse("partial-preview"), {"settled": ""}, headers=HTMX)) == ""
    assert status_of(runs) == "started"


@pytest.mark.parametrize("part", ["0", "101", "1.5", "many"])
def test_a_part_that_is_none_is_said_while_it_is_typed(runs: UUID, hers: Client, part: str) -> None:
    refused = hers.get(reverse("partial-preview"), {"settled": part, "item": str(runs)}, headers=HTMX)
    assert told(refused) == (400, "VALIDATION_ERROR")


def test_the_part_of_another_item_is_not_foreseen(runs: UUID, hers: Client) -> None:
    other = {"settled": "60", "item": str(uuid4())}
    assert told(hers.get(reverse("partial-preview"), other, headers=HTMX)) == (404, "NOT_FOUND")


def test_thousands_are_told_apart(performer: Performer, viewer: Viewer, hers: Client) -> None:
    running(rich(viewer, 5000), come(performer), tokens=5000)
    assert (
        "1,250 tokens paid to you, 3,750 back to the viewer."
        in press(hers, "finish-performance", settled="1250").headers["HX-Trigger"]
    )


@pytest.mark.parametrize("part", ["", "0", "101", "1.5", "-3", "many"])
def test_a_part_is_whole_tokens_of_the_item(runs: UUID, hers: Client, part: str) -> None:
    refused = press(hers, "finish-performance", settled=part)
    assert told(refused) == (400, "VALIDATION_ERROR")
    assert 'data-field="settled"' in refused.content.decode()
    assert status_of(runs) == "started"


def test_with_nobody_waiting_every_start_next_says_so(in_line: Performer, viewer: Viewer, hers: Client) -> None:
    assert text(hers.get("/")).count("No one is waiting.") == 2
    bought(viewer, in_line)
    assert "No one is waiting." not in text(hers.get("/"))


# --- refusals


@pytest.mark.parametrize(
    "name", ["join-queue", "leave-queue", "start-next", "finish-performance", "abandon-performance"]
)
def test_no_form_of_hers_takes_a_mode(runs: UUID, hers: Client, name: str) -> None:
    assert told(press(hers, name, mode="OFF")) == (400, "INVALID_MODE")
    assert status_of(runs) == "started"


def test_declining_takes_no_mode(in_line: Performer, viewer: Viewer, hers: Client) -> None:
    item = bought(viewer, in_line)
    assert told(press(hers, "decline-item", item, passThrough="1")) == (400, "INVALID_MODE")
    assert status_of(item) == "created"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("stop-stream", "INVALID_STATE_TRANSITION"),
        ("leave-queue", "INVALID_STATE_TRANSITION"),
        ("start-next", "NOT_FOUND"),
        ("finish-performance", "NOT_FOUND"),
        ("abandon-performance", "NOT_FOUND"),
    ],
)
def test_idle_cannot(hers: Client, performer: Performer, name: str, code: str) -> None:
    assert told(press(hers, name))[1] == code
    assert state_of(performer) == State.IDLE


def test_leaving_while_performing_says_what_the_button_says(runs: UUID, hers: Client) -> None:
    refused = press(hers, "leave-queue")
    assert told(refused) == (409, "CANNOT_LEAVE_DURING_PERFORMANCE")
    assert text(refused) in text(hers.get("/"))


@pytest.mark.parametrize("name", ACTIONS)
def test_without_a_key_nothing_happens(hers: Client, performer: Performer, name: str) -> None:
    refused = hers.post(f"/f/{PATHS[name]}/", {}, headers=HTMX)
    assert told(refused) == (400, "IDEMPOTENCY_KEY_REQUIRED")
    assert state_of(performer) == State.IDLE


PATHS = {
    "start-stream": "stream/start",
    "stop-stream": "stream/stop",
    "join-queue": "queue/join",
    "leave-queue": "queue/leave",
    "start-next": "queue/start-next",
    "finish-performance": "queue/finish",
}


@pytest.mark.parametrize("name", ACTIONS)
def test_reading_an_action_s_address_does_nothing(hers: Client, name: str) -> None:
    assert hers.get(f"/f/{PATHS[name]}/", headers=HTMX).status_code == 405


def test_a_form_of_another_site_is_refused(performer: Performer) -> None:
    client = factories.signed_in(performer, client=Client(enforce_csrf_checks=True))
    assert told(press(client, "start-stream")) == (403, "PERMISSION_DENIED")
    assert state_of(performer) == State.IDLE


@pytest.mark.parametrize(
    ("permission", "name"),
    [
        ("STREAM", "start-stream"),
        ("STREAM", "stop-stream"),
        ("JOIN_QUEUE", "join-queue"),
        ("LEAVE_QUEUE", "leave-queue"),
    ],
)
def test_an_action_asks_for_its_permission(performer: Performer, permission: str, name: str) -> None:
    factories.deny(performer.user, permission)
    assert told(press(factories.signed_in(performer), name)) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("name", ACTIONS)
def test_a_viewer_cannot(his: Client, name: str) -> None:
    assert told(press(his, name)) == (403, "PERMISSION_DENIED")


def test_an_item_of_somebody_else_does_not_exist(in_line: Performer, viewer: Viewer, hers: Client) -> None:
    other = factories.performer()
    queue_of_other = factories.signed_in(other)
    item = bought(viewer, in_line)
    assert told(press(queue_of_other, "decline-item", item)) == (404, "NOT_FOUND")
    assert told(press(hers, "decline-item", uuid4())) == (404, "NOT_FOUND")
    assert status_of(item) == "created"


def test_the_eleventh_attempt_to_join_within_an_hour_waits(performer: Performer, hers: Client) -> None:
    for _ in range(10):
        press(hers, "join-queue")
    refused = press(hers, "join-queue")
    assert told(refused) == (429, "RATE_LIMIT_EXCEEDED")
    assert 0 < int(refused.headers["Retry-After"]) <= 3600


# --- once


def test_the_same_press_twice_is_one(performer: Performer, hers: Client) -> None:
    key = str(uuid4())
    first = press(hers, "start-stream", key=key)
    again = press(hers, "start-stream", key=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert f"state:{performer.pk}=2" in again.headers["X-Versions"]


def test_a_repeated_completion_pays_once(runs: UUID, performer: Performer, hers: Client) -> None:
    key = str(uuid4())
    for _ in range(3):
        assert press(hers, "finish-performance", key=key).status_code == 200
    assert earned_by(performer) == 100


def test_a_repeated_refusal_stays_one(performer: Performer, hers: Client) -> None:
    key = str(uuid4())
    assert told(press(hers, "leave-queue", key=key))[0] == 409
    queue.join(by=factories.actor(performer), performer_id=performer.pk)
    assert told(press(hers, "leave-queue", key=key))[0] == 409
    assert state_of(performer) == State.IN_QUEUE


def test_a_key_stands_for_one_action_only(performer: Performer, hers: Client) -> None:
    key = str(uuid4())
    press(hers, "start-stream", key=key)
    assert told(press(hers, "stop-stream", key=key)) == (409, "DUPLICATE_IDEMPOTENCY_KEY")


# --- the log, the settings, the way out


def test_what_she_does_is_logged_without_names(performer: Performer, hers: Client) -> None:
    press(hers, "start-stream")
    press(hers, "leave-queue")
    rows = (
        MenuActionLog.objects.filter(performer=performer)
        .order_by("pk")
        .values_list("menu_item_id", "success", "error_code", "metadata")
    )
    assert list(rows) == [
        ("start-stream", True, "", {}),
        ("leave-queue", False, "INVALID_STATE_TRANSITION", {}),
    ]


def test_queue_settings(performer: Performer, hers: Client) -> None:
    saved_it = press(hers, "queue-settings", shown=["mode", "auto_rejoin", "accepts_slots"], auto_rejoin="on")
    assert saved_it.status_code == 200
    saved = settings_of(performer.pk)
    assert (saved.mode, saved.auto_rejoin, saved.accepts_slots) == (Mode.OFF, True, False)


def test_the_form_of_the_queues_settings_says_which_switches_it_shows(hers: Client) -> None:
    page = hers.get("/queue/").content.decode()
    shown = re.findall(r'name="shown" value="(\w+)"', page)
    assert shown == ["mode", "auto_rejoin", "accepts_slots"]
    assert all(f'name="{name}" value="on"' in page for name in shown)


def test_a_switch_that_no_form_shows_stays_as_it_is(performer: Performer, hers: Client) -> None:
    press(hers, "queue-settings", mode="OFF", accepts_slots="on")
    press(hers, "queue-settings", shown="auto_rejoin", auto_rejoin="on")
    saved = settings_of(performer.pk)
    assert (saved.mode, saved.auto_rejoin, saved.accepts_slots) == (Mode.OFF, True, True)
    press(hers, "queue-settings", mode="on")
    assert settings_of(performer.pk).mode == Mode.ON


@pytest.mark.parametrize(
    ("fields", "attrs"),
    [
        ({}, ["shown"]),
        ({"modus": "on"}, ["shown"]),
        ({"shown": ["mode", "price"]}, ["shown"]),
        ({"mode": "perhaps", "auto_rejoin": ""}, ["mode", "auto_rejoin"]),
    ],
)
def test_a_form_that_shows_no_switch_of_the_queue_switches_nothing(
    performer: Performer, hers: Client, fields: dict[str, Any], attrs: list[str]
) -> None:
    press(hers, "queue-settings", mode="on", auto_rejoin="on", accepts_slots="on")
    before = settings_of(performer.pk)
    refused = press(hers, "queue-settings", **fields)
    assert told(refused) == (400, "VALIDATION_ERROR")
    assert re.findall(r'data-field="(\w+)"', refused.content.decode()) == attrs
    assert (settings_of(performer.pk), before.mode) == (before, Mode.ON)


def test_signing_out_leads_to_the_door(performer: Performer, hers: Client) -> None:
    response = press(hers, "sign-out-here")
    assert response.headers["HX-Redirect"] == "/login/"
    assert state_of(performer) == State.OFFLINE
    assert hers.get("/").status_code == 302


def test_signing_out_while_performing_is_refused(runs: UUID, hers: Client) -> None:
    assert told(press(hers, "sign-out-here")) == (409, "CANNOT_SIGN_OUT_DURING_PERFORMANCE")
    assert hers.get("/").status_code == 200


def test_every_fetch_of_a_control_has_a_key_of_its_own(hers: Client) -> None:
    pages = [fetch(hers, "fragment-stage").content for _ in range(2)]
    assert pages[0] != pages[1]
