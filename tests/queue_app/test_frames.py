"""What each event says on the wire, to whom, and by which message an item's step is told; without a database."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from notices.registry import message_of as registered
from queue_app.frames import (
    IntakeChanged,
    ItemMoved,
    Performance,
    PerformanceEnded,
    PerformancePaused,
    PerformanceResumed,
    PerformanceStarted,
    QueueUpdated,
)
from queue_app.messages import POSITION_UPDATED, THIRD, key_of, message_of
from queue_app.states import RefundReason

AT = "2026-11-21T18:20:11Z"
ITEM: dict[str, Any] = {
    "id": "i-1",
    "performerId": "p-1",
    "userId": "v-1",
    "sourceFeature": "tips",
    "title": "A secret song",
    "note": "for Max",
    "durationSeconds": 60,
    "tokens": 100,
    "status": "started",
    "startedAt": AT,
    "endsAt": AT,
    "pausedAt": None,
    "remainingSeconds": None,
    "abandonedAt": None,
    "refundReason": None,
    "settledTokens": 0,
    "refundedTokens": 0,
    "version": 3,
}
SNAPSHOT = {
    "performer": "p-1",
    "version": 7,
    "inQueue": True,
    "position": 2,
    "estimatedWaitTime": 60,
    "nextPerformance": {"id": "i-1"},
    "depth": 1,
    "waiting": [{"viewerId": "v-1"}],
}
PERFORMANCES = [PerformanceStarted, PerformanceEnded, PerformancePaused, PerformanceResumed]


def item(**fields: object) -> dict[str, Any]:
    """The item of these tests with other facts."""
    return {**ITEM, **fields}


@pytest.mark.parametrize("kind", PERFORMANCES)
def test_a_performance_is_told_to_its_performer_with_the_items_version(kind: type[Performance]) -> None:
    frame = kind(item=ITEM).frame()
    assert kind(item=ITEM).rooms == ("model:p-1",)
    assert (frame["of"], frame["version"], frame["data"]["performanceId"]) == ("item:i-1", 3, "i-1")


@pytest.mark.parametrize("kind", PERFORMANCES)
def test_no_performance_carries_words_or_its_viewer(kind: type[Performance]) -> None:
    said = str(kind(item=ITEM).frame())
    assert not any(private in said for private in ("secret", "Max", "v-1"))


@pytest.mark.parametrize(("facts", "outcome"), [
    ({"status": "finished", "settledTokens": 100}, {"outcome": "finished", "settled": 100, "refunded": 0}),
    ({"status": "refunded", "refundedTokens": 100}, {"outcome": "refunded", "settled": 0, "refunded": 100}),
    ({"status": "refunded", "abandonedAt": AT, "refundedTokens": 100},
     {"outcome": "abandoned", "settled": 0, "refunded": 100}),
    ({"status": "finished", "settledTokens": 60, "refundedTokens": 40},
     {"outcome": "finished", "settled": 60, "refunded": 40}),
])  # fmt: skip
def test_an_end_says_how_and_where_the_tokens_went(facts: dict[str, Any], outcome: dict[str, Any]) -> None:
    assert PerformanceEnded(item=item(**facts)).data().items() >= outcome.items()


def test_a_pause_says_where_the_timer_stands_and_a_return_when_it_ends() -> None:
    paused = PerformancePaused(item=item(pausedAt=AT, remainingSeconds=31)).data()
    assert (paused["pausedAt"], paused["remainingSeconds"]) == (AT, 31)
    assert PerformanceResumed(item=ITEM).data()["endsAt"] == AT


def test_a_queue_is_told_with_its_version_and_without_who_waits() -> None:
    event = QueueUpdated(snapshot=SNAPSHOT)
    assert (event.of, event.rooms, event.thing_version) == ("queue:p-1", ("model:p-1",), 7)
    assert event.data().keys() == {"modelId", "inQueue", "position", "estimatedWaitTime", "nextPerformance", "depth"}


def test_where_only_others_have_moved_a_queue_claims_no_version() -> None:
    assert QueueUpdated(snapshot=SNAPSHOT, is_hint=True).frame()["version"] is None


def test_an_intake_is_a_hint_to_her_room_alone() -> None:
    performer_id = uuid4()
    event = IntakeChanged(performer_id=performer_id)
    assert (event.rooms, event.thing_version) == ((f"room:{performer_id}",), None)
    assert event.data() == {"modelId": str(performer_id), "version": None}


def moved(**fields: Any) -> ItemMoved:  # noqa: ANN401 - any field of the event
    """Something about a viewer's item."""
    return ItemMoved(**{"item_id": "i-1", "viewer_id": "v-1", "what": "started", "template_key": "k", **fields})


def test_an_items_step_goes_to_its_viewer_under_the_steps_name() -> None:
    event = moved(what="finished", version=4)
    assert (event.rooms, event.frame()["event"], event.frame()["version"]) == (
        ("viewer:v-1",),
        "queue.item.finished",
        4,
    )


@pytest.mark.parametrize(("fields", "data"), [
    ({}, {"itemId": "i-1", "templateKey": "k"}),
    ({"template_key": ""}, {"itemId": "i-1"}),
    ({"position": 0, "wait_seconds": 0},
     {"itemId": "i-1", "templateKey": "k", "position": 0, "estimatedWaitSeconds": 0}),
    ({"wait_seconds": 60}, {"itemId": "i-1", "templateKey": "k"}),
])  # fmt: skip
def test_a_place_is_told_where_there_is_one_and_words_where_there_are_any(
    fields: dict[str, Any], data: dict[str, Any]
) -> None:
    assert moved(**fields).data() == data


# --- by which message


@pytest.mark.parametrize(("facts", "key"), [
    ({"status": "created", "startedAt": None}, "queue.item.created"),
    ({"status": "started"}, "queue.item.started"),
    ({"status": "finished"}, "queue.item.finished"),
    ({"status": "finished", "refundReason": "partial_performance"}, "queue.item.partial"),
    ({"status": "refunded", "startedAt": None, "refundReason": "performer_declined"}, "queue.item.refunded"),
    ({"status": "refunded", "startedAt": None, "refundReason": "user_cancelled"}, "queue.item.cancelled"),
    ({"status": "refunded", "refundReason": "timeout"}, "queue.item.abandoned"),
    ({"status": "refunded", "startedAt": None, "abandonedAt": AT, "refundReason": "timeout"}, "queue.item.abandoned"),
])  # fmt: skip
def test_an_items_last_step_is_told_by_this_message(facts: dict[str, Any], key: str) -> None:
    assert message_of(item(**facts))[0] == key


@pytest.mark.parametrize("reason", [None, *RefundReason])
@pytest.mark.parametrize("status", ["created", "started", "finished", "refunded"])
def test_every_step_for_every_reason_has_a_message_with_all_it_needs(status: str, reason: str | None) -> None:
    key, facts = message_of(item(status=status, refundReason=reason))
    message = registered(key)
    assert message is not None
    assert facts.keys() >= message.variables.keys()


@pytest.mark.parametrize("started_at", [None, AT])
def test_the_words_know_whether_it_had_started(started_at: str | None) -> None:
    _key, facts = message_of(item(status="refunded", startedAt=started_at, refundReason=None))
    assert (facts["started"], facts["reason"]) == (started_at is not None, "")


def test_places_have_messages_of_their_own_and_a_step_without_a_reason_its_name() -> None:
    assert registered(THIRD) is not None
    assert registered(POSITION_UPDATED) is not None
    assert key_of(item(), "paused") == "queue.item.paused"
