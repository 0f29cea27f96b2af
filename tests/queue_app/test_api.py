"""The line and the queue over JSON."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Performer, Viewer
from core.ids import derived_id
from modelstate import services as states
from queue_app import services
from queue_app.queries import queue_of
from tests import factories
from tests.queue_app.support import bought, buying, come, earned_by, rich, running, status_of, tokens_of

pytestmark = pytest.mark.django_db
NO_ITEM = derived_id("no item")
BASE = "/api/v1/queue"
Api = APIClient | Client

ITEM_FIELDS = {
    "id", "idempotencyKey", "sourceFeature", "sourceEventId", "performerId", "userId", "escrowTransactionId",
    "tokens", "title", "description", "durationSeconds", "metadata", "note", "status", "position",
    "estimatedWaitSeconds", "passThroughMode", "nextAvailable", "createdAt", "startedAt", "endsAt", "pausedAt",
    "remainingSeconds", "finishedAt", "abandonedAt", "refundedAt", "reversedAt", "settled", "settledAt",
    "settlementTransactionId", "refundReason", "settledTokens", "refundedTokens", "version",
}  # fmt: skip


def post(client: Api, path: str, body: dict[str, object] | None = None, *, key: str = "") -> Any:  # noqa: ANN401
    """A POST with a key of its own, or with the one given."""
    return (
        client.post(
            f"{BASE}/{path}",
            body or {},
            content_type="application/json",
            headers={"Idempotency-Key": key or str(uuid4())},
        )
        if isinstance(client, Client)
        else client.post(f"{BASE}/{path}", body or {}, format="json", headers={"Idempotency-Key": key or str(uuid4())})
    )


def told(answer: Any) -> tuple[int, str]:  # noqa: ANN401 - a response
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["error"]


@pytest.fixture
def idle() -> Performer:
    """A performer; signing her client in makes her IDLE."""
    return factories.performer()


# --- the line


def test_joining_and_leaving(idle: Performer) -> None:
    client = factories.bearer(idle)
    joined = post(client, "join")
    assert (joined.status_code, joined.json()) == (
        200,
        {"newState": "IN_QUEUE", "queuePosition": 1, "estimatedWaitTime": 0},
    )
    left = post(client, "leave")
    assert left.json() == {"newState": "IDLE", "queuePosition": None, "estimatedWaitTime": None}


def test_the_key_and_her_own_id_may_stand_in_the_body(idle: Performer) -> None:
    client = factories.bearer(idle)
    body = {"modelId": str(idle.pk), "idempotencyKey": "key-1"}
    first = client.post(f"{BASE}/join", body, format="json")
    again = client.post(f"{BASE}/join", body, format="json")
    assert (first.status_code, again.json(), again.headers["Idempotency-Replayed"]) == (200, first.json(), "true")


def test_a_foreign_model_id_is_not_found(idle: Performer) -> None:
    body: dict[str, object] = {"modelId": str(factories.performer().pk)}
    assert told(post(factories.bearer(idle), "join", body)) == (404, "NOT_FOUND")


def test_the_eleventh_join_in_an_hour_is_refused(idle: Performer) -> None:
    client = factories.bearer(idle)
    answers = [client.post(f"{BASE}/join", {"idempotencyKey": f"key-{i}"}, format="json") for i in range(10)]
    assert [answer.status_code for answer in answers] == [200] + [409] * 9
    eleventh = client.post(f"{BASE}/join", {"idempotencyKey": "key-11"}, format="json")
    assert told(eleventh) == (429, "RATE_LIMIT_EXCEEDED")
    assert eleventh.json()["resetTime"].endswith("Z")
    assert int(eleventh.headers["Retry-After"]) > 0


def test_a_replay_is_no_attempt(idle: Performer) -> None:
    client = factories.bearer(idle)
    for _ in range(12):
        assert post(client, "join", key="same").status_code == 200
    assert told(post(client, "join")) == (409, "INVALID_STATE_TRANSITION")


def test_leaving_while_performing_has_s0s_words(performer: Performer, viewer: Viewer) -> None:
    running(viewer, performer)
    refused = post(factories.bearer(performer), "leave")
    assert told(refused) == (409, "CANNOT_LEAVE_DURING_PERFORMANCE")
    assert refused.json()["detail"] == "Cannot leave queue during performance"


@pytest.mark.parametrize(("path", "permission"), [("join", "JOIN_QUEUE"), ("leave", "LEAVE_QUEUE")])
def test_the_line_needs_its_permissions(idle: Performer, path: str, permission: str) -> None:
    factories.deny(idle.user, permission)
    assert told(post(factories.bearer(idle), path)) == (403, "PERMISSION_DENIED")


# --- reading


def test_her_queue_in_order(performer: Performer, viewer: Viewer) -> None:
    first = running(viewer, performer, duration_seconds=300)
    second, third = bought(viewer, performer), bought(viewer, performer)
    body = factories.bearer(performer).get(BASE).json()
    assert [(UUID(item["id"]), item["position"]) for item in body["results"]] == [(first, 0), (second, 1), (third, 2)]
    assert (body["depth"], body["next"], body["previous"]) == (3, None, None)
    assert set(body["results"][0]) == ITEM_FIELDS


def test_reading_and_moving_show_the_same_item(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer, description="slowly", duration_seconds=90, metadata={"note_A": [1, "ä"]})
    client = factories.bearer(performer)
    moved = post(client, f"items/{item_id}/start").json()
    read = client.get(f"{BASE}/items/{item_id}").json()
    assert moved == {"item": read, "settlement": None}
    assert read["metadata"] == {"note_A": [1, "ä"]}
    ended = post(client, f"items/{item_id}/finish", {"settled": 30}).json()
    assert ended["item"] == client.get(f"{BASE}/items/{item_id}").json()
    assert ended["settlement"] == {
        "transferId": ended["item"]["settlementTransactionId"],
        "settled": 30,
        "refunded": 70,
        "reason": "partial_performance",
    }


def test_where_an_item_stands(performer: Performer, viewer: Viewer) -> None:
    bought(viewer, performer, duration_seconds=300)
    second = bought(viewer, performer)
    third = bought(viewer, performer)
    place = factories.bearer(viewer).get(f"{BASE}/items/{third}/position").json()
    assert place == {
        "itemId": str(third),
        "performerId": str(performer.pk),
        "position": 3,
        "totalInQueue": 3,
        "estimatedWaitSeconds": 360,
        "status": "created",
    }
    services.cancel(by=factories.actor(viewer), item_id=second)
    gone = factories.bearer(viewer).get(f"{BASE}/items/{second}/position").json()
    assert (gone["position"], gone["estimatedWaitSeconds"], gone["status"]) == (None, None, "refunded")


def test_history_pages_by_cursor_and_shows_only_ones_own(performer: Performer, viewer: Viewer) -> None:
    mine = [bought(viewer, performer, tokens=1) for _ in range(5)]
    bought(rich(factories.viewer()), come(factories.performer()))
    client = factories.bearer(viewer)
    first = client.get(f"{BASE}/history?limit=3").json()
    rest = client.get(first["next"]).json()
    seen = [UUID(item["id"]) for item in first["results"] + rest["results"]]
    assert seen == list(reversed(mine))
    assert rest["next"] is None
    hers = factories.bearer(performer).get(f"{BASE}/history").json()
    assert [UUID(item["id"]) for item in hers["results"]] == seen


def test_history_of_who_performs_and_buys_holds_both(performer: Performer, viewer: Viewer) -> None:
    own = [bought(viewer, performer), bought(buying(performer), come(factories.performer()))]
    found = factories.bearer(performer).get(f"{BASE}/history").json()["results"]
    assert [UUID(item["id"]) for item in found] == list(reversed(own))
    assert factories.bearer(factories.staff()).get(f"{BASE}/history").json()["results"] == []


@pytest.mark.parametrize("place", [b"p=abc", b"p=%00", b"p=9999-99-99", b"\xff"])
def test_a_cursor_that_no_page_gave_is_refused_by_field(viewer: Viewer, place: bytes) -> None:
    cursor = b64encode(place).decode()
    refused = factories.bearer(viewer).get(f"{BASE}/history", {"cursor": cursor})
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "cursor")


def test_settings_merge_by_key(performer: Performer) -> None:
    client = factories.bearer(performer)
    assert client.get(f"{BASE}/settings").json() == {"mode": "ON", "autoRejoin": False, "acceptsSlots": False}
    saved = client.put(f"{BASE}/settings", {"autoRejoin": True}, format="json").json()
    assert saved == {"mode": "ON", "autoRejoin": True, "acceptsSlots": False}
    assert client.put(f"{BASE}/settings", {"mode": "OFF"}, format="json").json() == {**saved, "mode": "OFF"}


@pytest.mark.parametrize(
    ("body", "attr"),
    [({"mode": "FAST"}, "mode"), ({"autoRejoin": "yes"}, "autoRejoin"), ({"acceptsSlots": 1}, "acceptsSlots"),
     ({"depth": 99}, "depth"), ({"mode": None}, "mode")],
)  # fmt: skip
def test_bad_settings_are_refused_by_field(performer: Performer, body: dict[str, object], attr: str) -> None:
    refused = factories.bearer(performer).put(f"{BASE}/settings", body, format="json")
    assert told(refused) == (400, "VALIDATION_ERROR")
    assert [error["attr"] for error in refused.json()["errors"]] == [attr]


# --- moving


def test_the_life_of_an_item(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    client = factories.bearer(performer)
    started = post(client, f"items/{item_id}/start").json()
    assert (started["item"]["status"], started["item"]["startedAt"][-1]) == ("started", "Z")
    working = client.get("/api/v1/model/state").json()
    assert working["state"] == "PERFORMING"
    assert working["currentPerformance"] == {
        "id": str(item_id),
        "title": "A song",
        "tokens": 100,
        "startedAt": started["item"]["startedAt"],
        "endsAt": started["item"]["endsAt"],
        "pausedAt": None,
        "remainingSeconds": None,
        "durationSeconds": None,
    }
    finished = post(client, f"items/{item_id}/finish").json()
    assert (finished["item"]["status"], finished["settlement"]["settled"]) == ("finished", 100)
    assert (tokens_of(viewer), earned_by(performer)) == ((900, 0), 100)


def test_a_step_repeated_with_its_key_happens_once(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    client = factories.bearer(performer)
    first = post(client, f"items/{item_id}/finish", key="f")
    again = post(client, f"items/{item_id}/finish", key="f")
    assert (again.status_code, again.json()) == (200, first.json())
    assert told(post(client, f"items/{item_id}/finish", key="g")) == (409, "INVALID_STATE_TRANSITION")
    assert earned_by(performer) == 100


def test_a_key_stands_for_one_item(performer: Performer, viewer: Viewer) -> None:
    first, second = bought(viewer, performer), bought(viewer, performer)
    client = factories.bearer(viewer)
    assert post(client, f"items/{first}/cancel", key="c").status_code == 200
    assert told(post(client, f"items/{second}/cancel", key="c")) == (409, "DUPLICATE_IDEMPOTENCY_KEY")
    assert status_of(second) == "created"


@pytest.mark.parametrize("verb", ["start", "finish", "abandon", "refund"])
def test_without_a_key_nothing_moves(performer: Performer, viewer: Viewer, verb: str) -> None:
    item_id = bought(viewer, performer)
    refused = factories.bearer(performer).post(f"{BASE}/items/{item_id}/{verb}", {}, format="json")
    assert told(refused) == (400, "IDEMPOTENCY_KEY_REQUIRED")
    assert status_of(item_id) == "created"


@pytest.mark.parametrize(
    ("verb", "body", "attr"),
    [
        ("finish", {"settled": "60"}, "settled"),
        ("finish", {"settled": 60.5}, "settled"),
        ("finish", {"settled": True}, "settled"),
        ("finish", {"settled": 101}, "settled"),
        ("finish", {"refunded": -1}, "refunded"),
        ("finish", {"settled": 60, "refunded": 60}, "refunded"),
        ("finish", {"tip": 5}, "tip"),
        ("abandon", {"reason": "because"}, "reason"),
        ("abandon", {"reason": "partial_performance"}, "reason"),
        ("refund", {"reason": 7}, "reason"),
        ("start", {"wish": "OFF"}, "wish"),
    ],
)
def test_bad_bodies_are_refused_by_field(
    performer: Performer, viewer: Viewer, verb: str, body: dict[str, object], attr: str
) -> None:
    item_id = running(viewer, performer)
    refused = post(factories.bearer(performer), f"items/{item_id}/{verb}", body)
    assert told(refused) == (400, "VALIDATION_ERROR")
    assert [error["attr"] for error in refused.json()["errors"]] == [attr]
    assert (status_of(item_id), tokens_of(viewer)) == ("started", (900, 100))


@pytest.mark.parametrize("field", ["mode", "queueMode", "passThrough", "passThroughMode"])
@pytest.mark.parametrize("verb", ["start", "finish", "abandon", "refund"])
def test_no_step_takes_a_mode(performer: Performer, viewer: Viewer, verb: str, field: str) -> None:
    item = bought(viewer, performer)
    inside: dict[str, object] = {field: "OFF"}
    for path, body in ((f"items/{item}/{verb}", inside), (f"items/{item}/{verb}?{field}=OFF", None)):
        assert told(post(factories.bearer(performer), path, body)) == (400, "INVALID_MODE")
    assert status_of(item) == "created"


def test_neither_the_line_nor_a_cancellation_takes_a_mode(
    idle: Performer, performer: Performer, viewer: Viewer
) -> None:
    item, mode = bought(viewer, performer), {"mode": "ON"}
    assert told(post(factories.bearer(idle), "join", dict(mode))) == (400, "INVALID_MODE")
    assert told(post(factories.bearer(performer), "leave", dict(mode))) == (400, "INVALID_MODE")
    assert told(post(factories.bearer(viewer), f"items/{item}/cancel", dict(mode))) == (400, "INVALID_MODE")
    assert told(factories.bearer(performer).get(f"{BASE}?mode=ON")) == (400, "INVALID_MODE")
    assert status_of(item) == "created"


def test_who_may_not_move_it_is_told_that_first(performer: Performer, viewer: Viewer) -> None:
    item = bought(viewer, performer)
    assert told(post(factories.bearer(viewer), f"items/{item}/start", {"mode": "ON"})) == (403, "PERMISSION_DENIED")


def test_only_the_head_starts(performer: Performer, viewer: Viewer) -> None:
    bought(viewer, performer)
    second = bought(viewer, performer)
    assert told(post(factories.bearer(performer), f"items/{second}/start")) == (409, "CANNOT_START_OUT_OF_ORDER")


def test_a_viewer_cancels_before_the_start_only(performer: Performer, viewer: Viewer) -> None:
    client, first = factories.bearer(viewer), bought(viewer, performer)
    cancelled = post(client, f"items/{first}/cancel").json()
    assert (cancelled["item"]["refundReason"], cancelled["settlement"]["refunded"]) == ("user_cancelled", 100)
    second = running(viewer, performer)
    refused = post(client, f"items/{second}/cancel")
    assert told(refused) == (409, "INVALID_STATE_TRANSITION")
    assert refused.json()["detail"] == "The performance has started."


# --- who


MOVES = ["start", "finish", "abandon", "refund"]
READS = ["", "/position"]


@pytest.mark.parametrize("path", ["", "/settings", "/history", f"/items/{NO_ITEM}", f"/items/{NO_ITEM}/position"])
def test_reading_needs_a_sign_in(path: str) -> None:
    assert APIClient().get(BASE + path).status_code == 401


@pytest.mark.parametrize("path", ["join", "leave", *(f"items/{NO_ITEM}/{verb}" for verb in [*MOVES, "cancel"])])
def test_acting_needs_a_sign_in(path: str) -> None:
    assert told(post(APIClient(), path)) == (401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize("path", [*READS])
def test_what_is_not_yours_is_not_found(performer: Performer, viewer: Viewer, path: str) -> None:
    item_id = bought(viewer, performer)
    for stranger in (factories.viewer(), factories.performer(), factories.manager()):
        assert told(factories.bearer(stranger).get(f"{BASE}/items/{item_id}{path}")) == (404, "NOT_FOUND")
    for seer in (performer, viewer, factories.staff()):
        assert factories.bearer(seer).get(f"{BASE}/items/{item_id}{path}").status_code == 200


@pytest.mark.parametrize("verb", MOVES)
def test_another_performers_items_are_not_found(performer: Performer, viewer: Viewer, verb: str) -> None:
    item_id = bought(viewer, performer)
    other = factories.bearer(come(factories.performer()))
    assert told(post(other, f"items/{item_id}/{verb}")) == (404, "NOT_FOUND")
    assert status_of(item_id) == "created"


@pytest.mark.parametrize("verb", MOVES)
def test_viewers_and_managers_move_nothing(performer: Performer, viewer: Viewer, verb: str) -> None:
    item_id = bought(viewer, performer)
    for somebody in (viewer, factories.manager()):
        assert told(post(factories.bearer(somebody), f"items/{item_id}/{verb}")) == (403, "PERMISSION_DENIED")
    assert status_of(item_id) == "created"


def test_another_viewer_cannot_cancel(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    assert told(post(factories.bearer(factories.viewer()), f"items/{item_id}/cancel")) == (404, "NOT_FOUND")
    assert told(post(factories.bearer(performer), f"items/{item_id}/cancel")) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("reason", ["user_cancelled", "admin_refund", "timeout"])
def test_a_performer_gives_no_reason_that_blames_others(performer: Performer, viewer: Viewer, reason: str) -> None:
    item_id = bought(viewer, performer)
    refused = post(factories.bearer(performer), f"items/{item_id}/abandon", {"reason": reason})
    assert (refused.status_code, refused.json()["errors"][0]["attr"]) == (400, "reason")
    hers = post(factories.bearer(performer), f"items/{item_id}/abandon", {"reason": "technical_error"})
    assert hers.json()["settlement"]["reason"] == "technical_error"


def test_staff_work_for_her(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    client = factories.bearer(factories.staff())
    assert post(client, f"items/{item_id}/start").status_code == 200
    refunded = post(client, f"items/{item_id}/refund").json()
    assert refunded["item"]["refundReason"] == "admin_refund"


def test_a_browser_uses_the_same_api(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    states.sign_in(by=factories.actor(performer), performer_id=performer.pk)
    assert post(factories.signed_in(performer), f"items/{item_id}/start").status_code == 200
    assert queue_of(performer.pk).running is not None


def test_a_browser_without_its_csrf_token_moves_nothing(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    client = factories.signed_in(performer, client=Client(enforce_csrf_checks=True))
    assert post(client, f"items/{item_id}/start").status_code == 403
    assert status_of(item_id) == "created"
