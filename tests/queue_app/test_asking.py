"""Requests for whoever is next and the settlement's preview over JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from accounts.models import Performer, Viewer
from modelstate.queries import get_state
from queue_app import services
from queue_app.models import PerformerQueue, QueueEvent, QueueItem
from queue_app.queries import item_for
from tests import factories
from tests.queue_app.support import asked, bought, come, earned_by, rich, running, tokens_of
from wallet.invariants import findings
from wallet.queries.receipts import receipt_of

pytestmark = pytest.mark.django_db
WISH = {"tokens": 40, "title": "A song", "durationSeconds": 120}


def ask(viewer: Viewer, body: dict[str, object] | None = None, *, key: str = "") -> Any:  # noqa: ANN401 - a response
    """POST /queue/requests with a key."""
    client = factories.bearer(viewer)
    return client.post(
        "/api/v1/queue/requests",
        WISH if body is None else body,
        format="json",
        headers={"Idempotency-Key": key or str(uuid4())},
    )


def preview(somebody: Any, item_id: UUID, query: str = "") -> Any:  # noqa: ANN401 - a person, a response
    """GET the settlement's preview."""
    return factories.bearer(somebody).get(f"/api/v1/queue/items/{item_id}/settlement-preview{query}")


# --- asking


def test_it_answers_with_the_item_as_it_is_read_afterwards(viewer: Viewer) -> None:
    answer = ask(viewer)
    body = answer.json()
    assert (answer.status_code, body["performerId"], body["position"], body["nextAvailable"]) == (200, None, 1, True)
    assert factories.bearer(viewer).get(f"/api/v1/queue/items/{body['id']}").json() == body
    place = factories.bearer(viewer).get(f"/api/v1/queue/items/{body['id']}/position").json()
    assert (place["performerId"], place["position"], place["totalInQueue"]) == (None, 1, 1)


def test_somebody_in_the_line_gets_it_at_once(viewer: Viewer, performer: Performer) -> None:
    body = ask(viewer).json()
    assert (body["performerId"], body["position"], body["durationSeconds"]) == (str(performer.pk), 1, 120)
    queue = factories.bearer(performer).get("/api/v1/queue").json()
    assert [item["id"] for item in queue["results"]] == [body["id"]]


def test_the_same_key_is_one_request_and_another_body_is_refused(viewer: Viewer) -> None:
    first, again = ask(viewer, key="one"), ask(viewer, key="one")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    other = ask(viewer, WISH | {"tokens": 41}, key="one")
    assert (other.status_code, other.json()["error"]) == (409, "DUPLICATE_IDEMPOTENCY_KEY")
    assert tokens_of(viewer) == (960, 40)


def test_without_a_key_nothing_is_held(viewer: Viewer) -> None:
    answer = factories.bearer(viewer).post("/api/v1/queue/requests", WISH, format="json")
    assert (answer.status_code, answer.json()["error"]) == (400, "IDEMPOTENCY_KEY_REQUIRED")
    assert tokens_of(viewer) == (1000, 0)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("tokens", 0, "min_value"),
        ("tokens", "40", "invalid"),
        ("tokens", None, "null"),
        ("title", "", "blank"),
        ("title", 7, "invalid"),
        ("title", "x" * 101, "max_length"),
        ("title", "write to max@example.com", "personal_email"),
        ("title", "two\nlines", "out_of_range"),
        ("title", "two\u2028lines", "out_of_range"),
        ("title", "turned \u202eround", "out_of_range"),
        ("title", "\u200b\u200b", "out_of_range"),
        ("title", "\u2800", "out_of_range"),
        ("title", "\u3164\u3164", "out_of_range"),
        ("title", "\ufe0f\u034f", "out_of_range"),
        ("durationSeconds", 3601, "max_value"),
        ("durationSeconds", 1.5, "invalid"),
        ("performer", "me", "unknown_field"),
    ],
)
def test_each_bad_field_is_named(viewer: Viewer, field: str, value: object, code: str) -> None:
    answer = ask(viewer, {**WISH, field: value})
    assert (answer.status_code, answer.json()["error"]) == (400, "VALIDATION_ERROR")
    assert [(error["attr"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]


@pytest.mark.parametrize("field", ["tokens", "title"])
def test_each_missing_field_is_named(viewer: Viewer, field: str) -> None:
    answer = ask(viewer, {name: value for name, value in WISH.items() if name != field})
    assert [(error["attr"], error["code"]) for error in answer.json()["errors"]] == [(field, "required")]


@pytest.mark.parametrize("field", ["mode", "queueMode", "passThrough", "passThroughMode"])
def test_the_mode_is_not_the_callers(viewer: Viewer, field: str) -> None:
    answer = ask(viewer, {**WISH, field: "OFF"})
    assert (answer.status_code, answer.json()["error"]) == (400, "INVALID_MODE")
    assert QueueItem.objects.count() == 0


def test_who_has_shut_himself_out_asks_for_nothing(viewer: Viewer) -> None:
    factories.bearer(viewer).post("/api/v1/slot-machine/self-exclusion", {"days": 30}, format="json")
    answer = ask(viewer)
    assert (answer.status_code, answer.json()["error"]) == (403, "SELF_EXCLUDED")
    assert tokens_of(viewer) == (1000, 0)


def test_too_few_tokens_are_told(viewer: Viewer) -> None:
    answer = ask(viewer, WISH | {"tokens": 1001})
    assert (answer.status_code, answer.json()["required"], answer.json()["available"]) == (402, 1001, 1000)


def test_his_share_of_the_waiting_is_told(viewer: Viewer) -> None:
    for _ in range(5):
        assert ask(viewer).status_code == 200
    answer, again = ask(viewer, key="sixth"), ask(viewer, key="sixth")
    assert (answer.status_code, answer.json()["error"], answer.json()["ownWaiting"]) == (409, "QUEUE_FULL", 5)
    assert answer.json()["detail"].startswith("You already have five requests waiting.")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert tokens_of(viewer) == (800, 200)


# --- the preview


def test_the_preview_is_what_then_happens(viewer: Viewer, performer: Performer) -> None:
    item_id = running(viewer, performer, tokens=100)
    told = preview(performer, item_id).json()
    assert told == {
        "finish": [
            {
                "kind": "settle",
                "fromAccount": "escrow",
                "toAccount": "earned",
                "toOwner": str(performer.pk),
                "tokens": 100,
            }
        ],
        "abandon": [
            {
                "kind": "refund",
                "fromAccount": "escrow",
                "toAccount": "available",
                "toOwner": str(viewer.pk),
                "tokens": 100,
            }
        ],
    }
    by = factories.actor(performer)
    foreseen = services.preview(by=by, item_id=item_id)
    moved = services.finish(by=by, item_id=item_id)
    assert moved.settlement is not None
    assert receipt_of(UUID(moved.settlement["transferId"])) == foreseen.finish


def test_the_preview_of_a_part_is_what_then_happens(viewer: Viewer, performer: Performer) -> None:
    item_id, by = running(viewer, performer, tokens=100), factories.actor(performer)
    told = preview(performer, item_id, "?settled=30").json()
    assert [(line["kind"], line["tokens"]) for line in told["finish"]] == [("settle", 30), ("refund", 70)]
    foreseen = services.preview(by=by, item_id=item_id, settled=30)
    moved = services.finish(by=by, item_id=item_id, settled=30)
    assert moved.settlement is not None
    assert receipt_of(UUID(moved.settlement["transferId"])) == foreseen.finish


def test_the_preview_of_giving_up_is_what_then_happens(viewer: Viewer, performer: Performer) -> None:
    item_id, by = running(viewer, performer), factories.actor(performer)
    foreseen = services.preview(by=by, item_id=item_id)
    moved = services.abandon(by=by, item_id=item_id)
    assert moved.settlement is not None
    assert receipt_of(UUID(moved.settlement["transferId"])) == foreseen.abandon


def test_looking_changes_nothing(viewer: Viewer, performer: Performer) -> None:
    services.save_settings(performer_id=performer.pk, changes={"auto_rejoin": True})
    item_id = running(viewer, performer)
    asked(viewer)
    before = _everything(viewer, performer)
    for _ in range(3):
        assert preview(performer, item_id).status_code == 200
    assert _everything(viewer, performer) == before
    assert [finding for finding in findings() if finding.broken] == []


def _everything(viewer: Viewer, performer: Performer) -> tuple[object, ...]:
    items = list(QueueItem.objects.order_by("id").values())
    state = get_state(performer.pk)
    queue = PerformerQueue.objects.filter(pk=performer.pk).values().get()
    return items, QueueEvent.objects.count(), state, queue, tokens_of(viewer), earned_by(performer)


def test_looking_is_heard_by_nobody(sent: list[dict[str, Any]], viewer: Viewer, performer: Performer) -> None:
    item_id = running(viewer, performer)
    sent.clear()
    preview(performer, item_id)
    assert sent == []


def test_only_while_it_runs(viewer: Viewer, performer: Performer) -> None:
    item_id, by = bought(viewer, performer), factories.actor(performer)
    refused = preview(performer, item_id)
    assert (refused.status_code, refused.json()["error"]) == (409, "INVALID_STATE_TRANSITION")
    services.start(by=by, item_id=item_id)
    services.finish(by=by, item_id=item_id)
    assert preview(performer, item_id).status_code == 409


def test_only_for_its_performer_and_staff(viewer: Viewer, performer: Performer) -> None:
    item_id = running(viewer, performer)
    assert preview(come(factories.performer()), item_id).status_code == 404
    assert preview(performer, uuid4()).status_code == 404
    assert preview(viewer, item_id).status_code == 403
    assert preview(factories.manager(), item_id).status_code == 403
    assert Client().get(f"/api/v1/queue/items/{item_id}/settlement-preview").status_code == 401


def test_staff_preview_what_they_may_finish_and_only_while_it_runs(viewer: Viewer, performer: Performer) -> None:
    staff, item_id = factories.staff(), running(viewer, performer, tokens=100)
    assert preview(staff, item_id).json() == preview(performer, item_id).json()
    part = preview(staff, item_id, "?settled=30").json()
    assert [(line["kind"], line["tokens"]) for line in part["finish"]] == [("settle", 30), ("refund", 70)]
    assert preview(staff, uuid4()).status_code == 404
    services.finish(by=factories.actor(staff), item_id=item_id)
    assert preview(staff, item_id).json()["error"] == "INVALID_STATE_TRANSITION"


@pytest.mark.parametrize("part", ["0", "101", "-1", "1.5", "many", "99999999999"])
def test_a_part_is_a_whole_number_within_the_tokens(viewer: Viewer, performer: Performer, part: str) -> None:
    refused = preview(performer, running(viewer, performer, tokens=100), f"?settled={part}")
    assert (refused.status_code, [error["attr"] for error in refused.json()["errors"]]) == (400, ["settled"])


def test_a_request_of_somebody_else_previews_too(performer: Performer) -> None:
    item_id = asked(rich(factories.viewer()), tokens=70)
    services.start(by=factories.actor(performer), item_id=item_id)
    assert preview(performer, item_id).json()["finish"][0]["tokens"] == 70
    assert item_for(factories.actor(performer), item_id).status == "started"
