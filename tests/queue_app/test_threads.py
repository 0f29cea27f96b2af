"""The queue's rules under real threads on a clone of the database."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random
from uuid import UUID

import pytest
from django.test import Client

from accounts.models import Performer, Viewer
from core.exceptions import DomainError, RateLimitExceeded
from core.idempotency import Answer, Claim
from modelstate import services as states
from modelstate.queries import get_state
from modelstate.states import State
from queue_app import keyed, services
from queue_app.models import PerformerQueue, QueueItem
from queue_app.states import MAX_DEPTH, Status
from tests import factories
from tests.queue_app.support import (
    bought,
    come,
    depth_of,
    earned_by,
    intake,
    rich,
    running,
    state_of,
    status_of,
    tokens_of,
)
from tests.support.threads import connections_for, refusals, together

pytestmark = [pytest.mark.threads, pytest.mark.usefixtures("many_connections")]


@pytest.fixture
def viewer(database_clone: str) -> Viewer:
    """A viewer with tokens, committed to the clone."""
    return rich(factories.viewer(), 10_000)


def test_eight_starts_of_one_item_start_it_once(performer: Performer, viewer: Viewer) -> None:
    item_id, by = bought(viewer, performer), factories.actor(performer)
    outcomes = together([partial(services.start, by=by, item_id=item_id)] * 8)
    assert refusals(outcomes) == ["INVALID_STATE_TRANSITION"] * 7
    assert (status_of(item_id), state_of(performer)) == ("started", State.PERFORMING)


def test_starts_of_many_items_start_only_the_head(performer: Performer, viewer: Viewer) -> None:
    items, by = [bought(viewer, performer) for _ in range(8)], factories.actor(performer)
    together([partial(services.start, by=by, item_id=item_id) for item_id in reversed(items)])
    started = QueueItem.objects.filter(status=Status.STARTED).values_list("pk", flat=True)
    assert list(started) == [items[0]]


def test_eight_finishes_pay_once(performer: Performer, viewer: Viewer) -> None:
    item_id, by = running(viewer, performer), factories.actor(performer)
    outcomes = together([partial(services.finish, by=by, item_id=item_id)] * 8)
    assert len(refusals(outcomes)) == 7
    assert (earned_by(performer), tokens_of(viewer), depth_of(performer)) == (100, (9_900, 0), 0)


def test_finish_and_abandon_race_for_one_end(performer: Performer, viewer: Viewer) -> None:
    by, staff = factories.actor(performer), factories.actor(factories.staff())
    for _ in range(10):
        item_id = running(viewer, performer, tokens=100)
        before = earned_by(performer), tokens_of(viewer)[0]
        outcomes = together(
            [
                partial(services.finish, by=by, item_id=item_id),
                partial(services.abandon, by=staff, item_id=item_id),
            ]
        )
        assert refusals(outcomes) == ["INVALID_STATE_TRANSITION"]
        paid, back = earned_by(performer) - before[0], tokens_of(viewer)[0] - before[1]
        assert (paid, back) == ((100, 0) if status_of(item_id) == "finished" else (0, 100))
        services.join(by=by, performer_id=performer.pk)


def test_cancel_and_start_race_for_one_item(performer: Performer, viewer: Viewer) -> None:
    her, his = factories.actor(performer), factories.actor(viewer)
    for _ in range(10):
        item_id = bought(viewer, performer)
        outcomes = together(
            [
                partial(services.start, by=her, item_id=item_id),
                partial(services.cancel, by=his, item_id=item_id),
            ]
        )
        assert refusals(outcomes) == ["INVALID_STATE_TRANSITION"]
        if status_of(item_id) == "started":
            services.abandon(by=her, item_id=item_id)
            services.join(by=her, performer_id=performer.pk)
        assert (tokens_of(viewer), depth_of(performer)) == ((10_000, 0), 0)


def test_sixty_buyers_find_fifty_places(performer: Performer) -> None:
    payloads = [(viewer, intake(viewer, performer, tokens=10)) for viewer in _sixty_rich_viewers()]
    with connections_for(60):
        outcomes = together(
            [partial(services.enqueue, by=factories.actor(viewer), intake=payload) for viewer, payload in payloads]
        )
    assert refusals(outcomes) == ["QUEUE_FULL"] * 10
    sequences = [item.sequence for item in QueueItem.objects.order_by("sequence")]
    assert (sequences, depth_of(performer)) == (list(range(1, MAX_DEPTH + 1)), MAX_DEPTH)


def _sixty_rich_viewers() -> list[Viewer]:
    return [rich(factories.viewer(), 10) for _ in range(60)]


def test_the_same_intake_from_sixteen_threads_is_one_item(performer: Performer, viewer: Viewer) -> None:
    payload, by = intake(viewer, performer), factories.actor(viewer)
    outcomes = together([partial(services.enqueue, by=by, intake=payload)] * 16)
    assert refusals(outcomes) == []
    assert len({str(outcome) for outcome in outcomes}) == 1
    assert (QueueItem.objects.count(), depth_of(performer)) == (1, 1)


def test_the_same_key_from_sixteen_threads_is_one_start_and_sixteen_equal_answers(
    performer: Performer, viewer: Viewer
) -> None:
    item_id = bought(viewer, performer)
    token = factories.tokens(performer).access

    def press() -> tuple[int, bytes]:
        answer = Client().post(
            f"/api/v1/queue/items/{item_id}/start",
            "{}",
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "one"},
        )
        return answer.status_code, answer.content

    outcomes = together([press] * 16)
    assert len(set(outcomes)) == 1
    assert isinstance(outcomes[0], tuple)
    assert outcomes[0][0] == 200
    assert get_state(performer.pk).version == 3


def test_switching_the_mode_while_twelve_buy_touches_nothing_that_is_queued(performer: Performer) -> None:
    viewers = [rich(factories.viewer(), 10) for _ in range(12)]
    payloads = [(viewer, intake(viewer, performer, tokens=10)) for viewer in viewers]
    buying = [partial(services.enqueue, by=factories.actor(viewer), intake=payload) for viewer, payload in payloads]
    switching = [partial(_switch_to_and_fro, performer)] * 2
    assert refusals(together([*buying, *switching])) == []
    queued = QueueItem.objects.filter(status=Status.CREATED)
    passed = QueueItem.objects.filter(status=Status.FINISHED)
    assert queued.count() + passed.count() == 12
    assert not queued.filter(sequence__isnull=True).exists()
    assert not passed.filter(sequence__isnull=False).exists()
    assert (depth_of(performer), earned_by(performer)) == (queued.count(), 10 * passed.count())


def _switch_to_and_fro(performer: Performer) -> None:
    for mode in ("OFF", "ON") * 4:
        services.save_settings(performer_id=performer.pk, changes={"mode": mode})


@pytest.mark.parametrize("modes", [("ON", "OFF"), ("ON", "OFF", "ON")])
def test_what_was_queued_before_a_switch_is_performed_after_it(
    performer: Performer, viewer: Viewer, modes: tuple[str, ...]
) -> None:
    first, second = bought(viewer, performer), bought(viewer, performer)
    for mode in modes:
        services.save_settings(performer_id=performer.pk, changes={"mode": mode})
    by = factories.actor(performer)
    services.start(by=by, item_id=first)
    services.finish(by=by, item_id=first)
    assert (status_of(first), status_of(second), depth_of(performer)) == ("finished", "created", 1)


def test_joining_from_eight_devices_takes_one_place(database_clone: str) -> None:
    performer = factories.performer()
    factories.tokens(performer)
    by = factories.actor(performer)
    outcomes = together([partial(services.join, by=by, performer_id=performer.pk)] * 8)
    assert refusals(outcomes) == ["INVALID_STATE_TRANSITION"] * 7
    assert get_state(performer.pk).version == 2


def test_sixteen_presses_with_one_key_are_one_join_and_one_attempt(database_clone: str) -> None:
    performer = factories.performer()
    states.sign_in(by=factories.actor(performer), performer_id=performer.pk)
    by, claim = factories.actor(performer), Claim(performer.pk, "pressed again and again", b"")
    outcomes = together([partial(keyed.join, by=by, claim=claim, performer_id=performer.pk)] * 16)
    answers = [outcome for outcome in outcomes if isinstance(outcome, Answer)]
    assert [answer.body["queuePosition"] for answer in answers] == [1] * 16
    assert (sum(not answer.replayed for answer in answers), services.JOINS.peek(performer.pk).remaining) == (1, 9)


def test_a_joining_that_succeeded_is_told_again_when_no_attempt_is_left(database_clone: str) -> None:
    performer = come(factories.performer())
    by = factories.actor(performer)
    claim = Claim(performer.pk, "the last that was allowed", b"")
    keyed.leave(by=by, claim=replace(claim, key="out"), performer_id=performer.pk)
    first = keyed.join(by=by, claim=claim, performer_id=performer.pk)
    for _ in range(services.JOINS.peek(performer.pk).remaining):
        services.JOINS.hit(performer.pk)
    again = keyed.join(by=by, claim=claim, performer_id=performer.pk)
    assert (again.replayed, again.body) == (True, first.body)
    with pytest.raises(RateLimitExceeded):
        keyed.join(by=by, claim=replace(claim, key="one more"), performer_id=performer.pk)


def test_eight_threads_of_mixed_work_break_no_rule(database_clone: str) -> None:
    performers = [come(factories.performer()) for _ in range(2)]
    viewers = [rich(factories.viewer(), 500) for _ in range(4)]
    together([partial(_mixed_work, Random(seed), performers, viewers) for seed in range(8)])
    for performer in performers:
        _assert_first_in_first_out(performer)
        active = QueueItem.objects.filter(performer_id=performer.pk, status__in=["created", "started"])
        assert depth_of(performer) == active.count()
        assert active.filter(status="started").count() == int(get_state(performer.pk).performing)
    paid = sum(earned_by(performer) for performer in performers)
    kept = sum(sum(tokens_of(viewer)) for viewer in viewers)
    held = sum(QueueItem.objects.filter(status__in=["created", "started"]).values_list("tokens", flat=True))
    assert paid + kept == 4 * 500
    assert held == sum(tokens_of(viewer)[1] for viewer in viewers)


def _mixed_work(random: Random, performers: list[Performer], viewers: list[Viewer]) -> None:
    for _ in range(25):
        performer, viewer = random.choice(performers), random.choice(viewers)
        her, his = factories.actor(performer), factories.actor(viewer)
        active = QueueItem.objects.filter(performer_id=performer.pk, status__in=["created", "started"])
        item_id: UUID | None = active.order_by("sequence").values_list("pk", flat=True).first()
        step = random.choice(["buy", "buy", "start", "start", "finish", "finish", "abandon", "cancel", "join"])
        try:
            if step == "buy":
                bought(viewer, performer, tokens=10)
            elif step == "join":
                states.join_line(by=her, performer_id=performer.pk)
            elif item_id is not None:
                getattr(services, step)(by=his if step == "cancel" else her, item_id=item_id)
        except DomainError as refusal:
            if refusal.status not in {402, 404, 409}:
                raise


def _assert_first_in_first_out(performer: Performer) -> None:
    started = QueueItem.objects.filter(performer_id=performer.pk, started_at__isnull=False)
    order = [item.sequence or 0 for item in started.order_by("started_at")]
    assert order == sorted(order)
    assert PerformerQueue.objects.get(pk=performer.pk).depth >= 0
