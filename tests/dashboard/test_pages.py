"""Who sees which page, what every page carries, and how many statements it costs."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Performer, Viewer
from modelstate.services import start_stream
from queue_app import services as queue
from tests import factories
from tests.dashboard.support import fetch, on_sale, press, test_ids, text, told
from tests.queue_app.support import bought, come, rich, running

pytestmark = pytest.mark.django_db

PERFORMER_PAGES = ("queue", "queue-history", "stream-settings", "menu-settings")
VIEWER_PAGES = ("rooms", "my-queue", "my-history")
SHARED_PAGES = ("wallet", "transactions", "profile", "help")
S0_IDS = ("start-stream", "join-queue", "menu-settings")
DESK_QUERIES = 15


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


# --- who


@pytest.mark.parametrize("name", ["desk", *PERFORMER_PAGES, *VIEWER_PAGES, *SHARED_PAGES, "studio", "staff"])
def test_nobody_is_led_to_sign_in(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response.headers["Location"] == f"/login/?next={reverse(name)}"


def test_a_fragment_tells_nobody_to_sign_in(client: Client) -> None:
    assert told(fetch(client, "fragment-stage")) == (401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize("name", ["desk", *PERFORMER_PAGES, *SHARED_PAGES])
def test_a_performer_sees_her_pages(hers: Client, name: str) -> None:
    assert hers.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", [*VIEWER_PAGES, *SHARED_PAGES])
def test_a_viewer_sees_his_pages(his: Client, name: str) -> None:
    assert his.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", [*PERFORMER_PAGES, "studio", "staff"])
def test_a_viewer_sees_no_others(his: Client, name: str) -> None:
    assert told(his.get(reverse(name))) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("name", [*VIEWER_PAGES, "studio", "staff"])
def test_a_performer_sees_no_others(hers: Client, name: str) -> None:
    assert told(hers.get(reverse(name))) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("name", ["stage", "queue", "menu", "quick", "pill"])
def test_a_viewer_gets_no_region_of_a_session(his: Client, name: str) -> None:
    assert told(fetch(his, f"fragment-{name}")) == (403, "PERMISSION_DENIED")


def test_home_leads_everybody_to_the_first_page_of_the_role(his: Client) -> None:
    homes = {
        "rooms": his,
        "studio": factories.signed_in(factories.manager()),
        "staff": factories.signed_in(factories.staff()),
        "help": factories.signed_in(factories.account()),
    }
    assert {name: client.get("/").headers["Location"] for name, client in homes.items()} == {
        name: reverse(name) for name in homes
    }


@pytest.mark.parametrize(
    ("permission", "name"),
    [("READ_QUEUE", "queue"), ("READ_WALLET", "wallet"), ("READ_TRANSACTIONS", "transactions")],
)
def test_a_page_asks_for_its_permission(performer: Performer, permission: str, name: str) -> None:
    factories.deny(performer.user, permission)
    client = factories.signed_in(performer)
    assert told(client.get(reverse(name))) == (403, "PERMISSION_DENIED")


def test_without_the_permission_the_desk_shows_no_tokens(performer: Performer) -> None:
    factories.deny(performer.user, "READ_WALLET")
    response = factories.signed_in(performer).get("/")
    assert response.status_code == 200
    assert "wallet-earned" not in test_ids(response)
    assert "balance" not in test_ids(response)


# --- what


def test_the_desk_carries_the_sample_s_ids_once(hers: Client) -> None:
    counted = Counter(test_ids(hers.get("/")))
    assert {name: counted[name] for name in S0_IDS} == dict.fromkeys(S0_IDS, 1)
    assert "stop-stream" not in counted
    assert "leave-queue" not in counted


def test_no_id_stands_twice_while_she_performs(performer: Performer, viewer: Viewer, hers: Client) -> None:
    start_stream(by=factories.actor(performer), performer_id=performer.pk)
    queue.join(by=factories.actor(performer), performer_id=performer.pk)
    running(viewer, performer)
    bought(viewer, performer)
    counted = Counter(test_ids(hers.get("/")))
    rows = {"queue-row"}
    assert {name for name, times in counted.items() if times > 1} <= rows
    assert {"stop-stream", "leave-queue", "performance-timer", "finish-performance"} <= counted.keys()


def test_a_disabled_control_says_why(performer: Performer, viewer: Viewer, hers: Client) -> None:
    queue.join(by=factories.actor(performer), performer_id=performer.pk)
    running(viewer, performer)
    page = hers.get("/").content.decode()
    leave = page[page.index('data-testid="leave-queue"') :][:400]
    assert 'aria-disabled="true"' in leave
    assert 'aria-describedby="why-stage-leave-queue"' in leave
    assert "Cannot leave queue during performance" in text(hers.get("/"))


def test_the_page_shows_its_versions(performer: Performer, hers: Client) -> None:
    page = hers.get("/").content.decode()
    assert f'data-versions="preferences:{performer.pk}=0, state:{performer.pk}=1' in page


def test_a_page_allows_no_script_but_its_own(hers: Client) -> None:
    policy = hers.get("/").headers["Content-Security-Policy"]
    assert "script-src 'self' 'nonce-" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "trusted-types htmx ticker" in policy
    assert "unsafe" not in policy


def test_the_nonce_is_new_each_time(hers: Client) -> None:
    policies = {hers.get("/").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


def test_pages_are_not_kept_by_caches(hers: Client) -> None:
    assert hers.get("/").headers["Cache-Control"] == "no-store"


def test_what_somebody_typed_comes_back_as_text(performer: Performer, viewer: Viewer, hers: Client) -> None:
    queue.join(by=factories.actor(performer), performer_id=performer.pk)
    bought(viewer, performer, title="<script>alert(1)</script>")
    page = hers.get("/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(("path", "status"), [("/nowhere/", 404), ("/problems/queue-full/", 200), ("/status/", 200)])
def test_pages_for_everybody(client: Client, path: str, status: int) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert "<h1>" in response.content.decode()


def test_an_error_page_tells_its_request_and_nothing_inside(hers: Client) -> None:
    response = hers.get("/nowhere/")
    assert response.headers["X-Request-Id"] in text(response)
    assert "Traceback" not in text(response)


# --- where the studio looks on


def test_a_manager_sees_her_studio_only(performer: Performer) -> None:
    studio = factories.make_studio()
    hers = factories.performer("aria", studio=studio)
    client = factories.signed_in(factories.manager(studio))
    assert hers.stage_name in text(client.get("/studio/"))
    assert performer.stage_name not in text(client.get("/studio/"))
    assert client.get(reverse("studio-performer", args=[hers.pk])).status_code == 200
    assert told(client.get(reverse("studio-performer", args=[performer.pk]))) == (404, "NOT_FOUND")
    assert told(client.get(reverse("studio-performer", args=[uuid4()]))) == (404, "NOT_FOUND")


def test_a_manager_cannot_act(performer: Performer) -> None:
    client = factories.signed_in(factories.manager())
    assert told(press(client, "join-queue")) == (403, "PERMISSION_DENIED")


# --- how much


def test_the_desk_costs_the_same_for_one_item_and_for_many(performer: Performer, viewer: Viewer, hers: Client) -> None:
    queue.join(by=factories.actor(performer), performer_id=performer.pk)
    running(viewer, performer, tokens=1)
    bought(viewer, performer, tokens=1)
    few = queries(hers, "/")
    for number in range(10):
        bought(rich(factories.viewer()), performer, tokens=number + 1)
    assert queries(hers, "/") == few
    assert few <= DESK_QUERIES


def test_the_desk_in_the_line_stays_within_its_statements(performer: Performer, viewer: Viewer, hers: Client) -> None:
    queue.join(by=factories.actor(performer), performer_id=performer.pk)
    bought(viewer, performer)
    assert queries(hers, "/") <= DESK_QUERIES


def test_a_viewer_s_queue_costs_the_same_for_one_booking_and_for_many(viewer: Viewer, his: Client) -> None:
    bought(viewer, come(factories.performer()), tokens=1)
    few = queries(his, "/my/queue/")
    for _ in range(5):
        bought(viewer, come(factories.performer()), tokens=1)
    assert queries(his, "/my/queue/") == few


def test_the_rooms_cost_the_same_for_one_and_for_many(his: Client) -> None:
    on_sale(factories.performer())
    few = queries(his, "/rooms/")
    for _ in range(4):
        on_sale(factories.performer())
    assert queries(his, "/rooms/") == few
