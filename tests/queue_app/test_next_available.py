"""Requests for whoever is next: who gets them, in which order, and what becomes of them before the start."""

from __future__ import annotations

from re import findall
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from accounts.models import Performer, Viewer
from core.exceptions import InsufficientBalance, NotFound, ValidationFailed
from core.idempotency import Claim
from modelstate.states import State
from queue_app import policies, services
from queue_app.exceptions import QueueFull, Unassigned
from queue_app.models import QueueItem
from queue_app.queries import item_for, open_items_of, place_for, queue_of
from queue_app.states import MAX_DEPTH, MAX_REQUESTS_EACH, MAX_UNASSIGNED
from tests import factories
from tests.queue_app.support import (
    asked,
    bought,
    come,
    crowd,
    depth_of,
    earned_by,
    intake,
    rich,
    state_of,
    steps_of,
    tokens_of,
)
from wallet.invariants import findings

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer() -> Viewer:
    """A viewer with a thousand tokens."""
    return rich(factories.viewer())


def performer_of(item_id: UUID) -> UUID | None:
    """Whose the item is now."""
    return QueueItem.objects.get(pk=item_id).performer_id


# --- who gets it


def test_with_nobody_in_the_line_it_waits_unassigned(viewer: Viewer) -> None:
    first, second = asked(viewer, tokens=30, duration_seconds=300), asked(viewer, tokens=20)
    [one, two] = open_items_of(viewer.pk)
    assert [(one.id, one.position, one.wait_seconds), (two.id, two.position, two.wait_seconds)] == [
        (first, 1, 0),
        (second, 2, 300),
    ]
    assert (one.performer_id, one.next_available, one.pass_through) == (None, True, False)
    assert tokens_of(viewer) == (950, 50)


def test_the_first_in_the_line_gets_it_at_once(viewer: Viewer) -> None:
    first, second = come(factories.performer()), come(factories.performer())
    one, two, three = asked(viewer), asked(viewer), asked(viewer)
    assert [performer_of(item) for item in (one, two, three)] == [first.pk, second.pk, None]
    assert steps_of(one) == ["enqueue", "assign"]
    assert (depth_of(first), depth_of(second)) == (1, 1)


def test_who_joins_takes_the_oldest_one(viewer: Viewer) -> None:
    items = [asked(viewer) for _ in range(3)]
    performers = [come(factories.performer()) for _ in range(2)]
    assert [performer_of(item) for item in items] == [performers[0].pk, performers[1].pk, None]


def test_it_takes_a_new_sequence_behind_what_was_hers(viewer: Viewer, performer: Performer) -> None:
    services.cancel(by=factories.actor(viewer), item_id=bought(viewer, performer))
    item = asked(viewer)
    [waiting] = queue_of(performer.pk).waiting
    assert (waiting.id, waiting.position) == (item, 1)
    assert QueueItem.objects.get(pk=item).sequence == 2


def test_who_has_something_of_her_own_waiting_is_passed_over(viewer: Viewer, performer: Performer) -> None:
    bought(viewer, performer)
    other = come(factories.performer())
    assert performer_of(asked(viewer)) == other.pk


def test_who_lets_everything_pass_through_is_passed_over_until_she_queues_again(
    viewer: Viewer, performer: Performer
) -> None:
    services.save_settings(performer_id=performer.pk, changes={"mode": "OFF"})
    item = asked(viewer)
    assert performer_of(item) is None
    services.save_settings(performer_id=performer.pk, changes={"mode": "ON"})
    assert performer_of(item) == performer.pk


def test_nobody_performs_for_herself() -> None:
    performer = factories.performer()
    himself = rich(Viewer.objects.create(user=performer.user, alias="both"))
    item = asked(himself)
    come(performer)
    assert performer_of(item) is None
    assert performer_of(asked(himself)) is None
    other = come(factories.performer())
    assert performer_of(item) == other.pk


def test_a_declined_item_makes_room_for_the_next_one(viewer: Viewer, performer: Performer) -> None:
    own = bought(viewer, performer)
    item = asked(viewer)
    services.refund(by=factories.actor(performer), item_id=own)
    assert (performer_of(item), depth_of(performer)) == (performer.pk, 1)


def test_joining_again_by_her_wish_brings_the_next_one_in_the_same_step(viewer: Viewer, performer: Performer) -> None:
    services.save_settings(performer_id=performer.pk, changes={"auto_rejoin": True})
    first, second = asked(viewer), asked(viewer)
    by = factories.actor(performer)
    services.start(by=by, item_id=first)
    services.finish(by=by, item_id=first)
    assert (performer_of(second), state_of(performer)) == (performer.pk, State.IN_QUEUE)


def test_joining_again_by_her_wish_is_no_attempt(viewer: Viewer, performer: Performer) -> None:
    services.save_settings(performer_id=performer.pk, changes={"auto_rejoin": True})
    by = factories.actor(performer)
    for _ in range(services.JOINS.limit + 1):
        item = asked(viewer, tokens=1)
        services.start(by=by, item_id=item)
        services.finish(by=by, item_id=item)
    assert state_of(performer) == State.IN_QUEUE
    assert services.JOINS.peek(performer.pk).remaining == services.JOINS.limit


def test_without_that_wish_it_waits_until_she_joins(viewer: Viewer, performer: Performer) -> None:
    first, second = asked(viewer), asked(viewer)
    by = factories.actor(performer)
    services.start(by=by, item_id=first)
    services.finish(by=by, item_id=first)
    assert performer_of(second) is None
    services.join(by=by, performer_id=performer.pk)
    assert performer_of(second) == performer.pk


def test_who_performs_is_not_given_another_one(viewer: Viewer, performer: Performer) -> None:
    services.start(by=factories.actor(performer), item_id=asked(viewer))
    assert performer_of(asked(viewer)) is None


# --- the money


def test_finished_it_pays_her_who_took_it(viewer: Viewer, performer: Performer) -> None:
    item, by = asked(viewer, tokens=70), factories.actor(performer)
    services.start(by=by, item_id=item)
    services.finish(by=by, item_id=item)
    assert (earned_by(performer), tokens_of(viewer)) == (70, (930, 0))


def test_taken_back_before_anybody_took_it(viewer: Viewer) -> None:
    first, second = asked(viewer), asked(viewer)
    services.cancel(by=factories.actor(viewer), item_id=first)
    assert (tokens_of(viewer), open_items_of(viewer.pk)[0].position) == ((950, 50), 1)
    assert item_for(factories.actor(viewer), first).refund_reason == "user_cancelled"
    assert [row.id for row in open_items_of(viewer.pk)] == [second]


def test_taken_back_after_somebody_took_it(viewer: Viewer, performer: Performer) -> None:
    item = asked(viewer)
    services.cancel(by=factories.actor(viewer), item_id=item)
    assert (tokens_of(viewer), depth_of(performer)) == ((1000, 0), 0)


def test_a_step_of_each_kind_breaks_no_invariant(viewer: Viewer, performer: Performer) -> None:
    services.start(by=factories.actor(performer), item_id=asked(viewer))
    come(factories.performer())
    services.cancel(by=factories.actor(viewer), item_id=[asked(viewer), asked(viewer)][1])
    assert [finding for finding in findings() if finding.broken] == []


# --- refusals


def test_staff_cannot_start_what_nobody_took(viewer: Viewer) -> None:
    with pytest.raises(Unassigned, match="No performer has taken this request yet"):
        services.start(by=factories.actor(factories.staff()), item_id=asked(viewer))


def test_staff_give_back_what_nobody_took(viewer: Viewer) -> None:
    services.refund(by=factories.actor(factories.staff()), item_id=asked(viewer))
    assert tokens_of(viewer) == (1000, 0)


def test_what_nobody_took_is_no_performers(viewer: Viewer) -> None:
    item, by = asked(viewer), factories.actor(factories.performer())
    for verb in (services.start, services.finish, services.abandon, services.refund):
        with pytest.raises(NotFound):
            verb(by=by, item_id=item)
    with pytest.raises(NotFound):
        place_for(by, item)


def test_another_viewer_cannot_take_it_back(viewer: Viewer) -> None:
    item = asked(viewer)
    with pytest.raises(NotFound):
        services.cancel(by=factories.actor(factories.viewer()), item_id=item)


def test_the_fifty_first_is_refused_and_costs_nothing(viewer: Viewer) -> None:
    crowd(MAX_UNASSIGNED)
    with pytest.raises(QueueFull) as refused:
        asked(viewer, tokens=1)
    assert (refused.value.details, tokens_of(viewer)) == ({"depth": MAX_UNASSIGNED}, (1000, 0))


def test_the_sixth_of_one_viewer_is_refused_and_costs_nothing(viewer: Viewer) -> None:
    for _ in range(MAX_REQUESTS_EACH):
        asked(viewer, tokens=1)
    with pytest.raises(QueueFull) as refused:
        asked(viewer, tokens=1)
    assert (refused.value.message, refused.value.details) == (policies.SHARE_TAKEN, {"own_waiting": 5})
    assert tokens_of(viewer) == (995, 5)
    asked(rich(factories.viewer()))


def test_what_a_performer_has_taken_and_not_started_is_of_the_share_still(viewer: Viewer, performer: Performer) -> None:
    items = [asked(viewer, tokens=1) for _ in range(MAX_REQUESTS_EACH)]
    assert performer_of(items[0]) == performer.pk
    with pytest.raises(QueueFull):
        asked(viewer, tokens=1)
    services.start(by=factories.actor(performer), item_id=items[0])
    asked(viewer, tokens=1)


def test_what_is_taken_back_makes_room_in_the_share(viewer: Viewer) -> None:
    items = [asked(viewer, tokens=1) for _ in range(MAX_REQUESTS_EACH)]
    services.cancel(by=factories.actor(viewer), item_id=items[2])
    asked(viewer, tokens=1)
    assert tokens_of(viewer) == (995, 5)


def test_what_he_bought_from_somebody_is_not_of_the_share(viewer: Viewer, performer: Performer) -> None:
    for _ in range(MAX_REQUESTS_EACH):
        bought(viewer, performer, tokens=1)
    asked(viewer, tokens=1)


def test_the_share_is_one_whatever_feature_asks(viewer: Viewer) -> None:
    for _ in range(MAX_REQUESTS_EACH):
        services.enqueue(by=factories.actor(viewer), intake=intake(viewer, None, tokens=1))
    with pytest.raises(QueueFull):
        services.enqueue(by=factories.actor(viewer), intake=intake(viewer, None, tokens=1))


def test_a_sixth_that_was_refused_stays_so_under_its_key(viewer: Viewer) -> None:
    items = [asked(viewer, tokens=1) for _ in range(MAX_REQUESTS_EACH)]
    wish: dict[str, Any] = {"by": factories.actor(viewer), "tokens": 1, "title": "A song", "duration_seconds": None}
    claim = Claim(viewer.pk, "the sixth", b"same", "")
    with pytest.raises(QueueFull):
        services.request(claim=claim, **wish)
    services.cancel(by=factories.actor(viewer), item_id=items[0])
    with pytest.raises(QueueFull) as again:
        services.request(claim=claim, **wish)
    assert (again.value.replayed, tokens_of(viewer)) == (True, (996, 4))


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("admit", [MAX_DEPTH]),
        ("admit_next", [MAX_REQUESTS_EACH, MAX_UNASSIGNED]),
        ("miss_start", [MAX_UNASSIGNED]),
    ],
)
def test_the_functions_have_the_products_limits(name: str, limits: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [f"queue_app_{name}"])
        [(source,)] = cursor.fetchall()
    assert [int(limit) for limit in findall(r">= (\d+)", source)] == limits


def test_too_few_tokens_are_refused_and_nothing_waits(viewer: Viewer, performer: Performer) -> None:
    with pytest.raises(InsufficientBalance):
        asked(viewer, tokens=1001)
    assert (QueueItem.objects.count(), tokens_of(viewer)) == (0, (1000, 0))


def test_the_same_key_asks_once_and_a_refusal_stays_one(viewer: Viewer) -> None:
    claim = Claim(viewer.pk, "once", b"same", "")
    wish: dict[str, Any] = {"by": factories.actor(viewer), "claim": claim, "title": "A song", "duration_seconds": None}
    with pytest.raises(InsufficientBalance):
        services.request(tokens=2000, **wish)
    rich(viewer, 5000)
    with pytest.raises(InsufficientBalance):
        services.request(tokens=2000, **wish)
    first = services.request(tokens=10, **wish | {"claim": Claim(viewer.pk, "twice", b"same", "")})
    again = services.request(tokens=10, **wish | {"claim": Claim(viewer.pk, "twice", b"same", "")})
    assert (again.body, again.replayed, QueueItem.objects.count()) == (first.body, True, 1)


@pytest.mark.parametrize(
    ("field", "value", "attr"),
    [
        ("tokens", 0, "tokens"),
        ("tokens", 10**9 + 1, "tokens"),
        ("title", "  ", "title"),
        ("title", "x" * 101, "title"),
        ("duration_seconds", 0, "durationSeconds"),
        ("duration_seconds", 3601, "durationSeconds"),
    ],
)
def test_each_field_within_its_bounds(viewer: Viewer, field: str, value: Any, attr: str) -> None:  # noqa: ANN401 - any field
    with pytest.raises(ValidationFailed) as refused:
        asked(viewer, **{field: value})
    assert [error.attr for error in refused.value.errors] == [attr]


def test_any_feature_may_hand_over_an_item_for_whoever_is_next(viewer: Viewer, performer: Performer) -> None:
    payload = intake(viewer, None, tokens=40)
    item = services.enqueue(by=factories.actor(viewer), intake=payload)
    assert (item["performerId"], item["position"], item["nextAvailable"]) == (str(performer.pk), 1, True)
    assert services.enqueue(by=factories.actor(viewer), intake=payload)["id"] == item["id"]


def test_a_deal_with_nobody_free_changes_nothing(viewer: Viewer) -> None:
    item = asked(viewer)
    assert (services.deal(), performer_of(item)) == (0, None)


@pytest.mark.parametrize(
    ("field", "value", "attr", "code"),
    [
        ("idempotency_key", "with a space", "idempotencyKey", "out_of_range"),
        ("title", "two\nlines", "title", "out_of_range"),
        ("title", "call 416-555-0199", "title", "personal_phone"),
        ("description", "max@example.com", "description", "personal_email"),
        ("metadata", {"a": ["4111 1111 1111 1111"]}, "metadata.a.0", "personal_card"),
    ],
)
def test_what_an_intake_may_not_carry_is_named(
    viewer: Viewer, performer: Performer, field: str, value: object, attr: str, code: str
) -> None:
    payload = intake(viewer, performer, **{field: value})
    with pytest.raises(ValidationFailed) as refused:
        services.enqueue(by=factories.actor(viewer), intake=payload)
    assert [(error.attr, error.code) for error in refused.value.errors] == [(attr, code)]
    assert QueueItem.objects.count() == 0


# --- what the world hears


def test_both_sides_hear_that_it_is_hers_and_those_behind_that_they_moved_up(
    sent: list[dict[str, Any]],
    viewer: Viewer,
    django_capture_on_commit_callbacks: Any,  # noqa: ANN401 - pytest-django's
) -> None:
    first, second = asked(viewer), asked(viewer)
    performer = factories.performer()
    with django_capture_on_commit_callbacks(execute=True):
        come(performer)
    places = {
        frame["data"]["itemId"]: (frame["version"], frame["data"]["position"])
        for frame in sent
        if frame["event"] == "queue.item.position"
    }
    assert places == {str(first): (2, 1), str(second): (None, 1)}
    [*_before, hers] = [frame["data"] for frame in sent if frame["event"] == "model.queue.updated"]
    assert (hers["modelId"], hers["depth"], hers["nextPerformance"]["id"]) == (str(performer.pk), 1, str(first))


def test_the_queues_version_grows_by_one_where_joining_brings_an_item(
    sent: list[dict[str, Any]],
    viewer: Viewer,
    django_capture_on_commit_callbacks: Any,  # noqa: ANN401 - pytest-django's
) -> None:
    asked(viewer)
    with django_capture_on_commit_callbacks(execute=True):
        come(factories.performer())
    versions = [frame["version"] for frame in sent if frame["event"] == "model.queue.updated"]
    assert versions == list(range(versions[0], versions[0] + 2))
