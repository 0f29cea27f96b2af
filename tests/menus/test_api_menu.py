"""GET /model/menu and its preferences over HTTP: S0's samples as they are written."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Performer
from menus.models import StaffLink
from modelstate import services as states
from tests import factories
from tests.menus.support import on_duty

MENU = "/api/v1/model/menu"
PREFERENCES = "/api/v1/model/menu/preferences"
RESET = "/api/v1/model/menu/preferences/reset"
SAMPLE = {
    "quickActions": ["start-stream", "join-queue", "view-balance"],
    "sectionOrder": ["streaming", "queue", "financial", "settings"],
    "keyboardShortcuts": {"startStream": "ctrl+shift+s", "joinQueue": "ctrl+shift+q"},
}


def section(menu: dict[str, Any], section_id: str) -> dict[str, Any]:
    """The section; the test fails where it is absent."""
    found: dict[str, Any] = next(section for section in menu["sections"] if section["id"] == section_id)
    return found


def item(menu: dict[str, Any], item_id: str) -> dict[str, Any]:
    """The item; the test fails where it is absent."""
    views: list[dict[str, Any]] = [view for found in menu["sections"] for view in found["items"]]
    return next(view for view in views if view["id"] == item_id)


def test_the_menu_has_the_shape_of_the_sources(api: APIClient) -> None:
    menu = api.get(MENU).json()
    assert menu["sections"][0] | {"items": []} == {
        "id": "streaming",
        "label": "Streaming",
        "icon": "video",
        "order": 1,
        "items": [],
    }
    sample = {"id": "start-stream", "label": "Start Stream", "action": "startStream", "enabled": True, "visible": True}
    assert item(menu, "start-stream").items() >= sample.items()
    assert item(menu, "broadcast-settings").items() >= {"label": "Settings", "action": "openSettings"}.items()
    assert menu["quickActions"][0].items() >= {"id": "start-stream", "icon": "video", "action": "startStream"}.items()
    assert set(item(menu, "join-queue")) == {
        "id", "label", "icon", "action", "enabled", "visible", "badge", "reason", "availableIn", "shortcut",
        "category", "href", "newTab",
    }  # fmt: skip


def test_streaming_controls_while_streaming(api: APIClient, performer: Performer) -> None:
    states.start_stream(by=factories.actor(performer), performer_id=performer.pk)
    menu = api.get(MENU).json()
    assert item(menu, "stop-stream")["enabled"]
    assert not item(menu, "start-stream")["visible"]
    assert menu["version"] == 2


def test_her_place_in_the_line_is_on_the_menu(api: APIClient, performer: Performer) -> None:
    for waiting in (on_duty(factories.performer()), performer):
        states.join_line(by=factories.actor(waiting), performer_id=waiting.pk)
    found = item(api.get(MENU).json(), "queue-position")
    assert (found["label"], found["badge"], found["action"]) == ("Position: 2", "Position: 2", None)


def test_a_performer_without_a_permission_does_not_see_its_items(performer: Performer) -> None:
    factories.deny(performer.user, "JOIN_QUEUE")
    ids = [view["id"] for view in section(factories.bearer(performer).get(MENU).json(), "queue")["items"]]
    assert "join-queue" not in ids
    assert "leave-queue" in ids


def test_a_section_shut_for_one_account_is_absent_for_her_alone(api: APIClient, performer: Performer) -> None:
    factories.shut_flag(performer.user, "section.financial")
    assert "financial" not in [found["id"] for found in api.get(MENU).json()["sections"]]
    other = factories.bearer(factories.performer())
    assert "financial" in [found["id"] for found in other.get(MENU).json()["sections"]]


def test_a_feature_opened_for_one_account_is_enabled(api: APIClient, performer: Performer) -> None:
    assert item(api.get(MENU).json(), "promotion-manager")["reason"] == "Promotions are not open yet."
    factories.open_flag(performer.user, "promotions")
    assert item(api.get(MENU).json(), "promotion-manager")["enabled"]


def test_administration_is_hidden_from_performers(api: APIClient) -> None:
    assert "admin" not in [found["id"] for found in api.get(MENU).json()["sections"]]


@pytest.mark.parametrize("path", [MENU, PREFERENCES])
def test_nobody_is_401(client: Client, path: str, db: None) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()["error"]) == (401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize("path", [MENU, PREFERENCES])
def test_an_invalid_token_is_401(path: str, db: None) -> None:
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION="Bearer invalid-token")
    assert api.get(path).status_code == 401


@pytest.mark.parametrize("maker", [factories.viewer, factories.staff, factories.manager])
def test_only_performers_have_a_menu(maker: Any, db: None) -> None:  # noqa: ANN401 - one of the factories
    answer = factories.bearer(maker()).get(MENU)
    assert (answer.status_code, answer.json()["error"]) == (403, "PERMISSION_DENIED")


def test_the_browser_gets_the_same_menu(api: APIClient, performer: Performer) -> None:
    assert factories.signed_in(performer).get(MENU).json() == api.get(MENU).json()


def test_an_etag_saves_the_body_until_something_changes(api: APIClient, performer: Performer) -> None:
    first = api.get(MENU)
    again = api.get(MENU, HTTP_IF_NONE_MATCH=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    states.start_stream(by=factories.actor(performer), performer_id=performer.pk)
    assert api.get(MENU, HTTP_IF_NONE_MATCH=first.headers["ETag"]).status_code == 200


def test_the_body_is_zipped_for_who_reads_that(api: APIClient) -> None:
    zipped = api.get(MENU, HTTP_ACCEPT_ENCODING="gzip")
    assert zipped.headers["Content-Encoding"] == "gzip"
    again = api.get(MENU, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=zipped.headers["ETag"])
    assert again.status_code == 304


@pytest.mark.parametrize("seen", ["-1", "x", "9" * 40, "½", ""])
def test_a_version_header_that_is_no_number_changes_nothing(api: APIClient, seen: str) -> None:
    assert api.get(MENU, HTTP_X_STATE_VERSION=seen).status_code == 200


@pytest.mark.parametrize("door", [factories.bearer, factories.signed_in])
@pytest.mark.parametrize("links", [0, 12])
def test_the_menu_takes_at_most_six_statements_however_much_there_is(
    performer: Performer,
    door: Any,  # noqa: ANN401 - one of the factories
    links: int,
    django_assert_max_num_queries: Any,  # noqa: ANN401 - pytest-django's
) -> None:
    StaffLink.objects.bulk_create(
        [StaffLink(title=f"L{n}", path="/help/", section="support", ordering=n) for n in range(links)]
    )
    client = door(performer)
    client.get("/api/v1/me")  # the first request of a sign-in renews its presence
    with django_assert_max_num_queries(6) as counted:
        assert client.get(MENU).status_code == 200
    performing = len(counted)
    states.join_line(by=factories.actor(performer), performer_id=performer.pk)
    with django_assert_max_num_queries(performing):
        client.get(MENU)


# --- preferences


def test_saving_the_sample_answers_as_the_sources_say(api: APIClient) -> None:
    answer = api.put(PREFERENCES, SAMPLE)
    assert answer.status_code == 200
    assert answer.json()["success"] is True
    assert answer.json()["preferences"].items() >= SAMPLE.items()
    assert api.get(PREFERENCES).json() == answer.json()["preferences"]


def test_one_key_leaves_the_others(api: APIClient) -> None:
    api.put(PREFERENCES, SAMPLE)
    kept = api.put(PREFERENCES, {"quickActions": ["start-stream", "join-queue"]}).json()["preferences"]
    assert kept["quickActions"] == ["start-stream", "join-queue"]
    assert kept["keyboardShortcuts"] == SAMPLE["keyboardShortcuts"]


def test_the_menu_follows_the_preferences(api: APIClient) -> None:
    order = ["streaming", "support", "queue"]
    api.put(PREFERENCES, {**SAMPLE, "sectionOrder": order, "hiddenSections": ["financial"]})
    menu = api.get(MENU).json()
    assert [found["id"] for found in menu["sections"]] == [*order, "settings", "navigation"]
    assert [action["id"] for action in menu["quickActions"]] == SAMPLE["quickActions"]
    assert item(menu, "start-stream")["shortcut"] == "ctrl+shift+s"
    assert menu["preferencesVersion"] == 1


def test_reset_forgets_everything(api: APIClient) -> None:
    defaults = api.get(PREFERENCES).json()
    api.put(PREFERENCES, SAMPLE)
    assert api.post(RESET).json() == {"success": True, "preferences": defaults}


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({"quickActions": "start-stream"}, "quickActions", "not_a_list"),
        ({"quickActions": [1]}, "quickActions.0", "invalid"),
        ({"quickActions": ["nothing"]}, "quickActions.0", "unknown_item"),
        ({"quickActions": ["help\u0000"]}, "quickActions.0", "null_characters_not_allowed"),
        ({"sectionOrder": ["queue"]}, "sectionOrder", "streaming_first"),
        ({"keyboardShortcuts": ["ctrl+shift+s"]}, "keyboardShortcuts", "not_a_dict"),
        ({"keyboardShortcuts": {"startStream": "ctrl+w"}}, "keyboardShortcuts.startStream", "reserved"),
        ({"keyboardShortcuts": {"startStream": None}}, "keyboardShortcuts.startStream", "null"),
        ({"hiddenSections": ["support"]}, "hiddenSections.0", "cannot_hide"),
        ({"customWidgets": ["<script>"]}, "customWidgets.0", "unknown_widget"),
        ({"notifications": {"joinQueue": "yes"}}, "notifications.joinQueue", "invalid"),
        ({"theme": "pink"}, "theme", "unknown_field"),
        ([], "body", "not_an_object"),
    ],
)
def test_bad_input_names_its_field(api: APIClient, body: Any, attr: str, code: str) -> None:  # noqa: ANN401 - any JSON
    answer = api.put(PREFERENCES, body)
    assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")
    assert [(error["attr"], error["code"]) for error in answer.json()["errors"]] == [(attr, code)]


def test_the_clients_of_the_sources_may_name_themselves_and_nobody_else(api: APIClient, performer: Performer) -> None:
    assert api.put(PREFERENCES, {"modelId": str(performer.pk)}).status_code == 200
    other = factories.performer()
    assert api.put(PREFERENCES, {"modelId": str(other.pk)}).status_code == 404


def test_a_lost_update_is_412(api: APIClient) -> None:
    etag = api.put(PREFERENCES, {"quickActions": ["help"]}).headers["ETag"]
    assert api.put(PREFERENCES, {"quickActions": ["logout"]}, HTTP_IF_MATCH=etag).status_code == 200
    stale = api.put(PREFERENCES, {"quickActions": ["dashboard"]}, HTTP_IF_MATCH=etag)
    assert (stale.status_code, stale.json()["error"]) == (412, "PRECONDITION_FAILED")
    assert api.post(RESET, HTTP_IF_MATCH='"nonsense"').status_code == 412
    assert api.post(RESET, HTTP_IF_MATCH="*").status_code == 200


def test_the_etag_of_the_preferences_saves_the_body(api: APIClient) -> None:
    etag = api.get(PREFERENCES).headers["ETag"]
    assert api.get(PREFERENCES, HTTP_IF_NONE_MATCH=etag).status_code == 304
    api.put(PREFERENCES, {"quickActions": ["help"]})
    assert api.get(PREFERENCES, HTTP_IF_NONE_MATCH=etag).status_code == 200


def test_a_key_is_honoured(api: APIClient) -> None:
    first = api.put(PREFERENCES, {"quickActions": ["help"]}, HTTP_IDEMPOTENCY_KEY="once")
    again = api.put(PREFERENCES, {"quickActions": ["help"]}, HTTP_IDEMPOTENCY_KEY="once")
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert api.get(MENU).json()["preferencesVersion"] == 1


def test_a_browser_needs_its_csrf_token(performer: Performer) -> None:
    browser = factories.signed_in(performer, client=Client(enforce_csrf_checks=True))
    answer = browser.put(PREFERENCES, SAMPLE, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (403, "PERMISSION_DENIED")
