"""What the world hears of the queue, after the commit and in S0's shapes: through the services and through the API's
steps, which are one statement with their key."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Performer, Viewer
from core.actors import Actor
from core.exceptions import DomainError
from core.idempotency import Answer, Claim
from modelstate import services as states
from queue_app import keyed, services
from tests import factories
from tests.queue_app.support import bought, come, intake, rich, running

pytestmark = pytest.mark.django_db
Frames = list[dict[str, Any]]
Commit = Callable[[], AbstractContextManager[Any]]
Take = Callable[..., Any]


def plainly(step: str, **given: Any) -> Any:  # noqa: ANN401 - whatever the step takes and answers
    """As pages and staff do."""
    return getattr(services, step)(**given)


def under_a_key(step: str, *, by: Actor, **given: Any) -> Answer:  # noqa: ANN401 - whatever the step takes
    """As the API does."""
    assert by.id is not None
    answer: Answer = getattr(keyed, step)(by=by, claim=Claim(by.id, str(uuid4()), b""), **given)
    return answer


@pytest.fixture(params=[plainly, under_a_key], ids=["services", "keyed"])
def take(request: pytest.FixtureRequest) -> Take:
    """Takes a step through one of the two doors: everybody hears the same."""
    through: Take = request.param
    return through


def names(frames: Frames) -> list[str]:
    """The events in order."""
    return [frame["event"] for frame in frames]


def of(frames: Frames, name: str) -> Frames:
    """Only those of one name."""
    return [frame for frame in frames if frame["event"] == name]


def test_a_purchase_reaches_both_sides(sent: Frames, commit: Commit, performer: Performer, viewer: Viewer) -> None:
    with commit():
        item_id = bought(viewer, performer, duration_seconds=300)
    [queue] = of(sent, "model.queue.updated")
    assert queue["of"] == f"queue:{performer.pk}"
    assert queue["data"] == {
        "modelId": str(performer.pk),
        "inQueue": True,
        "position": 1,
        "estimatedWaitTime": 0,
        "nextPerformance": {"id": str(item_id), "user": str(viewer.pk), "type": "chip_menu", "tokens": 100},
        "depth": 1,
    }
    [item] = of(sent, "queue.item.created")
    assert (item["of"], item["version"]) == (f"item:{item_id}", 1)
    assert item["data"] == {
        "itemId": str(item_id),
        "templateKey": "queue.item.created",
        "position": 1,
        "estimatedWaitSeconds": 0,
    }


def test_a_replayed_intake_is_not_heard_twice(
    sent: Frames,
    commit: Commit,
    performer: Performer,
    viewer: Viewer,
) -> None:
    payload = intake(viewer, performer)
    services.enqueue(by=factories.actor(viewer), intake=payload)
    with commit():
        services.enqueue(by=factories.actor(viewer), intake=payload)
    assert sent == []


def test_a_start_reaches_everybody_it_concerns(
    sent: Frames, commit: Commit, take: Take, performer: Performer, viewer: Viewer
) -> None:
    first, second = bought(viewer, performer, duration_seconds=300), bought(viewer, performer)
    with commit():
        moved = take("start", by=factories.actor(performer), item_id=first)
    [started] = of(sent, "model.performance.started")
    item = moved.body["item"] if isinstance(moved, Answer) else moved.item
    assert started["data"] == {
        "modelId": str(performer.pk),
        "performanceId": str(first),
        "type": "chip_menu",
        "duration": 300,
        "tokens": 100,
        "startTime": item["startedAt"],
    }
    [state] = of(sent, "model.state.changed")
    assert (state["data"]["previousState"], state["data"]["newState"]) == ("IN_QUEUE", "PERFORMING")
    [told] = of(sent, "queue.item.started")
    assert (told["of"], told["version"]) == (f"item:{first}", 2)
    [place] = of(sent, "queue.item.position")
    assert (place["of"], place["version"]) == (f"item:{second}", None)
    assert place["data"]["position"] == 1
    assert place["data"]["estimatedWaitSeconds"] in {299, 300}
    [queue] = of(sent, "model.queue.updated")
    assert (queue["data"]["inQueue"], queue["data"]["position"]) == (False, None)


def test_a_finish_reaches_everybody_it_concerns(
    sent: Frames, commit: Commit, take: Take, performer: Performer, viewer: Viewer
) -> None:
    first = running(viewer, performer)
    waiting = bought(rich(factories.viewer()), performer)
    with commit():
        take("finish", by=factories.actor(performer), item_id=first, settled=60)
    [ended] = of(sent, "model.performance.ended")
    told = {name: ended["data"][name] for name in ("performanceId", "outcome", "settled", "refunded")}
    assert told == {"performanceId": str(first), "outcome": "finished", "settled": 60, "refunded": 40}
    [item] = of(sent, "queue.item.finished")
    assert (item["version"], item["data"]) == (3, {"itemId": str(first), "templateKey": "queue.item.partial"})
    [place] = of(sent, "queue.item.position")
    assert (place["data"]["itemId"], place["data"]["position"]) == (str(waiting), 1)
    balances = {frame["of"]: frame["version"] for frame in of(sent, "wallet.balance.changed")}
    assert set(balances) == {f"wallet:{viewer.pk}", f"wallet:{performer.pk}"}
    assert balances[f"wallet:{performer.pk}"] is None
    assert balances[f"wallet:{viewer.pk}"] > 0


def test_an_abandon_tells_both_its_steps(
    sent: Frames, commit: Commit, take: Take, performer: Performer, viewer: Viewer
) -> None:
    item_id = running(viewer, performer)
    with commit():
        take("abandon", by=factories.actor(performer), item_id=item_id)
    steps = [(f["event"], f["version"]) for f in sent if f["of"] == f"item:{item_id}" and "queue" in f["event"]]
    assert steps == [("queue.item.abandoned", 3), ("queue.item.refunded", 4)]
    [ended] = of(sent, "model.performance.ended")
    assert (ended["data"]["outcome"], ended["data"]["refunded"]) == ("abandoned", 100)
    assert names(of(sent, "wallet.balance.changed")) == ["wallet.balance.changed"]


def test_a_waiting_item_taken_back_ends_no_performance(
    sent: Frames, commit: Commit, take: Take, performer: Performer, viewer: Viewer
) -> None:
    item_id = bought(viewer, performer)
    with commit():
        take("cancel", by=factories.actor(viewer), item_id=item_id)
    assert of(sent, "model.performance.ended") == of(sent, "model.state.changed") == []
    [item] = of(sent, "queue.item.refunded")
    assert item["data"] == {"itemId": str(item_id), "templateKey": "queue.item.cancelled"}


def test_passing_through_is_created_and_finished(
    sent: Frames,
    commit: Commit,
    performer: Performer,
    viewer: Viewer,
) -> None:
    services.save_settings(performer_id=performer.pk, changes={"mode": "OFF"})
    with commit():
        item_id = bought(viewer, performer)
    steps = [(f["event"], f["version"]) for f in sent if f["of"] == f"item:{item_id}"]
    assert steps == [("queue.item.created", 1), ("queue.item.finished", 2)]
    assert f"wallet:{performer.pk}" in {frame["of"] for frame in of(sent, "wallet.balance.changed")}


def test_the_queues_version_grows_by_one_with_every_change(
    sent: Frames, commit: Commit, take: Take, performer: Performer, viewer: Viewer
) -> None:
    by = factories.actor(performer)
    with commit():
        first, second = bought(viewer, performer), bought(viewer, performer)
        take("start", by=by, item_id=first)
        take("finish", by=by, item_id=first)
        take("cancel", by=factories.actor(viewer), item_id=second)
        take("join", by=by, performer_id=performer.pk)
        take("leave", by=by, performer_id=performer.pk)
        services.save_settings(performer_id=performer.pk, changes={"auto_rejoin": True})
    versions = [frame["version"] for frame in of(sent, "model.queue.updated")]
    assert versions == list(range(versions[0], versions[0] + 8))


def test_joining_again_by_her_wish_is_two_steps_of_state(
    sent: Frames, commit: Commit, take: Take, performer: Performer, viewer: Viewer
) -> None:
    services.save_settings(performer_id=performer.pk, changes={"auto_rejoin": True})
    item_id = running(viewer, performer)
    with commit():
        take("finish", by=factories.actor(performer), item_id=item_id)
    steps = [(f["data"]["newState"], f["data"]["reason"]) for f in of(sent, "model.state.changed")]
    assert steps == [("IDLE", "finish"), ("IN_QUEUE", "auto_rejoin")]


def test_coming_to_the_line_and_leaving_it_are_steps_of_state(
    sent: Frames, commit: Commit, take: Take, performer: Performer
) -> None:
    by = factories.actor(performer)
    with commit():
        take("leave", by=by, performer_id=performer.pk)
        take("join", by=by, performer_id=performer.pk)
    steps = [(f["data"]["previousState"], f["data"]["newState"]) for f in of(sent, "model.state.changed")]
    assert steps == [("IN_QUEUE", "IDLE"), ("IDLE", "IN_QUEUE")]
    assert [f["data"]["inQueue"] for f in of(sent, "model.queue.updated") if f["version"]] == [False, True]


def test_those_behind_in_the_line_hear_that_they_moved_up(
    sent: Frames, commit: Commit, take: Take, performer: Performer, viewer: Viewer
) -> None:
    second, third = come(factories.performer()), come(factories.performer())
    item_id = bought(viewer, performer)
    with commit():
        take("start", by=factories.actor(performer), item_id=item_id)
    hints = {f["data"]["modelId"]: f["data"]["position"] for f in of(sent, "model.queue.updated") if not f["version"]}
    assert hints == {str(second.pk): 1, str(third.pk): 2}


def test_signing_out_frees_the_place_too(sent: Frames, commit: Commit, performer: Performer) -> None:
    second = come(factories.performer())
    with commit():
        states.sign_out(by=factories.actor(performer), performer_id=performer.pk)
    told = {f["data"]["modelId"]: f["data"]["position"] for f in of(sent, "model.queue.updated")}
    assert told == {str(performer.pk): None, str(second.pk): 1}


def test_only_the_nearest_in_a_long_line_are_told(
    sent: Frames, commit: Commit, take: Take, performer: Performer
) -> None:
    for _ in range(27):
        come(factories.performer())
    with commit():
        take("leave", by=factories.actor(performer), performer_id=performer.pk)
    hints = [frame for frame in of(sent, "model.queue.updated") if frame["version"] is None]
    assert len(hints) == 25


def test_a_refused_step_is_not_heard(
    sent: Frames, commit: Commit, take: Take, performer: Performer, viewer: Viewer
) -> None:
    item_id = bought(viewer, performer)
    with commit(), pytest.raises(DomainError):
        take("finish", by=factories.actor(performer), item_id=item_id)
    assert sent == []


def test_no_event_carries_words_or_names(
    sent: Frames, commit: Commit, take: Take, performer: Performer, viewer: Viewer
) -> None:
    with commit():
        item_id = bought(viewer, performer, title="For Zuleika", description="in the kitchen")
        take("start", by=factories.actor(performer), item_id=item_id)
        take("finish", by=factories.actor(performer), item_id=item_id)
    everything = str(sent)
    for secret in ("Zuleika", "kitchen", viewer.user.username, performer.stage_name):
        assert secret not in everything
