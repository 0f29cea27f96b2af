"""A performer's state over JSON."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.models import Performer
from tests import factories

pytestmark = pytest.mark.django_db
BASE = "/api/v1/model"


@pytest.fixture(autouse=True)
def fresh_shields() -> None:
    """No attempts of other tests are counted."""
    cache.clear()


@pytest.fixture
def performer() -> Performer:
    """A performer; her client's sign-in makes her IDLE."""
    return factories.performer()


@pytest.fixture
def client(performer: Performer) -> APIClient:
    """Her client."""
    return factories.bearer(performer)


def press(client: APIClient, path: str, key: str = "k-1") -> Any:  # noqa: ANN401 - a response
    return client.post(f"{BASE}/stream/{path}", headers={"Idempotency-Key": key})


def test_the_state_has_the_shape_of_s0(client: APIClient) -> None:
    body = client.get(f"{BASE}/state").json()
    assert body.pop("lastStateChange").endswith("Z")
    assert body == {
        "state": "IDLE",
        "streaming": False,
        "inQueue": False,
        "performing": False,
        "queuePosition": None,
        "currentPerformance": None,
        "version": 1,
    }


def test_an_unchanged_state_is_not_sent_again(client: APIClient) -> None:
    etag = client.get(f"{BASE}/state").headers["ETag"]
    assert client.get(f"{BASE}/state", headers={"If-None-Match": etag}).status_code == 304
    press(client, "start")
    assert client.get(f"{BASE}/state", headers={"If-None-Match": etag}).status_code == 200


def test_starting_and_stopping(client: APIClient) -> None:
    started = press(client, "start", "k-1")
    assert (started.status_code, started.json()["state"], started.json()["version"]) == (200, "STREAMING", 2)
    assert press(client, "stop", "k-2").json()["state"] == "IDLE"


def test_the_same_key_gets_the_first_answer(client: APIClient) -> None:
    first, again = press(client, "start"), press(client, "start")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"


def test_without_a_key_nothing_starts(client: APIClient) -> None:
    refused = client.post(f"{BASE}/stream/start")
    assert (refused.status_code, refused.json()["error"]) == (400, "IDEMPOTENCY_KEY_REQUIRED")
    assert client.get(f"{BASE}/state").json()["state"] == "IDLE"


def test_a_refusal_has_its_code_and_words(client: APIClient) -> None:
    refused = press(client, "stop")
    assert (refused.status_code, refused.json()["error"]) == (409, "INVALID_STATE_TRANSITION")
    assert refused.json()["detail"] == "The stream is not on."


def test_the_twenty_first_toggle_in_an_hour_is_refused(client: APIClient) -> None:
    for attempt in range(20):
        press(client, "stop", f"k-{attempt}")
    refused = press(client, "start", "k-21")
    assert (refused.status_code, refused.json()["error"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert refused.json()["resetTime"]
    assert int(refused.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["state", "broadcast-settings"])
def test_reading_needs_a_sign_in(path: str) -> None:
    assert APIClient().get(f"{BASE}/{path}").status_code == 401
    stranger = APIClient()
    stranger.credentials(HTTP_AUTHORIZATION="Bearer invalid-token")
    assert stranger.get(f"{BASE}/{path}").status_code == 401


@pytest.mark.parametrize("path", ["stream/start", "stream/stop"])
def test_pressing_needs_a_sign_in(path: str) -> None:
    refused = APIClient().post(f"{BASE}/{path}", headers={"Idempotency-Key": "k"})
    assert (refused.status_code, refused.json()["error"]) == (401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize("path", ["state", "broadcast-settings"])
def test_a_viewer_has_no_state(path: str) -> None:
    assert factories.bearer(factories.viewer()).get(f"{BASE}/{path}").status_code == 403


def test_streaming_needs_its_permission(performer: Performer) -> None:
    factories.deny(performer.user, "STREAM")
    refused = press(factories.bearer(performer), "start")
    assert (refused.status_code, refused.json()["error"]) == (403, "PERMISSION_DENIED")


def test_a_foreign_model_id_is_not_found(client: APIClient) -> None:
    other = factories.performer()
    answer = client.put(f"{BASE}/broadcast-settings", {"modelId": str(other.pk), "title": "Mine"})
    assert answer.status_code == 404


def test_broadcast_settings_merge_by_key(client: APIClient) -> None:
    house = client.get(f"{BASE}/broadcast-settings").json()
    assert set(house) == {"title", "quality", "privacy", "camera", "microphone"}
    saved = client.put(f"{BASE}/broadcast-settings", {"title": "Friday night", "quality": "720p"})
    assert saved.json() == {**house, "title": "Friday night", "quality": "720p"}
    assert client.get(f"{BASE}/broadcast-settings").json() == saved.json()


@pytest.mark.parametrize(
    ("body", "attr"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 101}, "title"),
        ({"title": 7}, "title"),
        ({"quality": "4k"}, "quality"),
        ({"privacy": "friends"}, "privacy"),
        ({"camera": None}, "camera"),
        ({"microphone": "m\u0000"}, "microphone"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_settings_are_refused_by_field(client: APIClient, body: dict[str, object], attr: str) -> None:
    refused = client.put(f"{BASE}/broadcast-settings", body)
    assert (refused.status_code, refused.json()["error"]) == (400, "VALIDATION_ERROR")
    assert [error["attr"] for error in refused.json()["errors"]] == [attr]
