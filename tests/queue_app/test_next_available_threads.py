"""Requests for whoever is next under real threads: each is given once, in order, and nothing is left lying."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest

from accounts.models import Performer, Viewer
from core.exceptions import DomainError
from modelstate import services as states
from queue_app import services
from queue_app.models import QueueEvent, QueueItem
from tests import factories
from tests.queue_app.support import asked, bought, come, crowd, depth_of, rich, status_of, tokens_of
from tests.support.database import Connection, at_database, open_url, owner_url
from tests.support.threads import refusals, together, wait_for_the_lock
from wallet.invariants import findings

pytestmark = [pytest.mark.threads, pytest.mark.usefixtures("many_connections")]


@pytest.fixture
def viewer(database_clone: str) -> Viewer:
    """A viewer with tokens, committed to the clone."""
    return rich(factories.viewer(), 10_000)


def present(count: int) -> list[Performer]:
    """Performers who are signed in, but not in the line."""
    performers = [factories.performer() for _ in range(count)]
    for performer in performers:
        states.sign_in(by=factories.actor(performer), performer_id=performer.pk)
    return performers


def joins(performers: list[Performer]) -> list[partial[Any]]:
    """Joining the line, one call each."""
    return [partial(states.join_line, by=factories.actor(one), performer_id=one.pk) for one in performers]


def owners() -> list[UUID | None]:
    """Whose the requests are, the oldest request first."""
    return list(QueueItem.objects.order_by("created_at").values_list("performer_id", flat=True))


def broken() -> list[str]:
    """What the ledger's and the queue's invariants say that does not hold."""
    return [finding.invariant.says for finding in findings() if finding.broken]


def test_six_join_while_six_ask_and_each_is_given_exactly_one(database_clone: str) -> None:
    for _ in range(5):
        performers, viewers = present(6), [rich(factories.viewer(), 100) for _ in range(6)]
        work = joins(performers) + [partial(asked, one) for one in viewers]
        assert refusals(together(Random(1).sample(work, len(work)))) == []
        given = QueueItem.objects.filter(viewer_id__in=[one.pk for one in viewers])
        assert {item.performer_id for item in given} == {one.pk for one in performers}
    assert broken() == []


def test_twelve_join_and_the_oldest_eight_are_given(database_clone: str) -> None:
    items = crowd(8)
    performers = present(12)
    assert refusals(together(joins(performers))) == []
    taken = owners()
    assert len({*taken} - {None}) == len(items)
    assert sum(depth_of(one) for one in performers) == len(items)


def test_four_join_and_the_youngest_four_go_on_waiting(database_clone: str) -> None:
    crowd(8)
    together(joins(present(4)))
    assert [owner is None for owner in owners()] == [False] * 4 + [True] * 4


def test_twelve_ask_and_three_are_given_the_oldest_three(database_clone: str) -> None:
    line = [come(factories.performer()) for _ in range(3)]
    viewers = [rich(factories.viewer(), 10) for _ in range(12)]
    together([partial(asked, one, tokens=10) for one in viewers])
    assert owners() == [*(one.pk for one in line), *[None] * 9]


def test_twelve_ask_where_five_may_still_wait(database_clone: str) -> None:
    crowd(45)
    viewers = [rich(factories.viewer(), 10) for _ in range(12)]
    outcomes = together([partial(asked, one, tokens=10) for one in viewers])
    assert refusals(outcomes) == ["QUEUE_FULL"] * 7
    assert (QueueItem.objects.count(), sum(tokens_of(one)[0] for one in viewers)) == (50, 70)


def test_one_viewer_asks_twelve_times_at_once_and_has_his_share(viewer: Viewer) -> None:
    outcomes = together([partial(asked, viewer, tokens=1) for _ in range(12)])
    assert refusals(outcomes) == ["QUEUE_FULL"] * 7
    assert (QueueItem.objects.count(), tokens_of(viewer)) == (5, (9995, 5))
    assert broken() == []


def test_taking_back_races_with_being_taken(viewer: Viewer) -> None:
    for _ in range(10):
        item, [performer] = asked(viewer), present(1)
        his = factories.actor(viewer)
        outcomes = together([*joins([performer]), partial(services.cancel, by=his, item_id=item)])
        assert refusals(outcomes) == []
        assert (status_of(item), depth_of(performer)) == ("refunded", 0)
    assert tokens_of(viewer) == (10_000, 0)


def test_whoever_holds_the_pool_does_not_wait_for_an_item_that_is_somebodys_by_now(
    viewer: Viewer, database_clone: str, owner_connection: Connection
) -> None:
    come(factories.performer())
    item = asked(viewer)
    with owner_connection.transaction(), open_url(at_database(owner_url(), database_clone)) as late:
        owner_connection.execute("SELECT FROM queue_app_queueitem WHERE id = %s FOR NO KEY UPDATE", [item])
        late.execute("SET lock_timeout = 1000")
        found = late.execute("SELECT (queue_app_lock_moving(%s, NULL)).item IS NULL", [item]).fetchone()
    assert found == (True,)


def test_mixed_work_leaves_nothing_that_somebody_could_take(database_clone: str) -> None:
    performers, viewers = present(4), [rich(factories.viewer(), 500) for _ in range(4)]
    for one in performers[:2]:
        services.save_settings(performer_id=one.pk, changes={"auto_rejoin": True})
    together([partial(_mixed_work, Random(seed), performers, viewers) for seed in range(12)])
    services.deal()
    assert services.deal() == 0
    assert broken() == []
    assigned = QueueEvent.objects.filter(event="assign").values_list("item_id", flat=True)
    assert len(assigned) == len(set(assigned))
    assert len(assigned) > 4


def _mixed_work(random: Random, performers: list[Performer], viewers: list[Viewer]) -> None:
    for _ in range(15):
        performer, viewer = random.choice(performers), random.choice(viewers)
        try:
            _one_step(random.choice(["ask", "ask", "buy", "join", "join", "work", "work", "cancel"]), performer, viewer)
        except DomainError as refusal:
            if refusal.status not in {402, 404, 409}:
                raise


def _one_step(step: str, performer: Performer, viewer: Viewer) -> None:
    her, his = factories.actor(performer), factories.actor(viewer)
    if step == "ask":
        asked(viewer, tokens=5)
    elif step == "buy":
        bought(viewer, performer, tokens=5)
    elif step == "join":
        states.join_line(by=her, performer_id=performer.pk)
    elif step == "cancel":
        waiting = QueueItem.objects.filter(viewer_id=viewer.pk, status="created").first()
        if waiting is not None:
            services.cancel(by=his, item_id=waiting.pk)
    else:
        head = QueueItem.objects.filter(performer_id=performer.pk, status="created").order_by("sequence").first()
        if head is not None:
            services.start(by=her, item_id=head.pk)
            services.finish(by=her, item_id=head.pk)


# --- handing on, as the deadlines do it


def hand_on(owner: Connection, item_id: UUID) -> dict[str, Any]:
    """Take her locks in the house's order, then hand her item on."""
    with owner.transaction():
        owner.execute("SELECT queue_app_lock_item(NULL, 'performer', %s, 'release')", [item_id])
        row = owner.execute("SELECT queue_app_hand_on(NULL, %s, 'timeout')", [item_id]).fetchone()
    assert row is not None
    assert isinstance(row[0], dict)
    return row[0]


def test_it_goes_to_the_next_performer_with_a_new_sequence(viewer: Viewer, owner_connection: Connection) -> None:
    first, second = come(factories.performer()), come(factories.performer())
    item = asked(viewer)
    found = hand_on(owner_connection, item)
    assert [given["item"]["performerId"] for given in found["taken"]] == [str(second.pk)]
    assert (depth_of(first), depth_of(second)) == (0, 1)
    services.start(by=factories.actor(second), item_id=item)
    assert broken() == []


def test_with_nobody_else_it_waits_again_in_the_place_of_its_age(viewer: Viewer, owner_connection: Connection) -> None:
    performer = come(factories.performer())
    old, young = asked(viewer), asked(viewer)
    found = hand_on(owner_connection, old)
    assert (found["item"]["position"], found["taken"]) == (1, [])
    assert depth_of(performer) == 0
    other = come(factories.performer())
    assert QueueItem.objects.get(pk=old).performer_id == other.pk
    assert QueueItem.objects.get(pk=young).performer_id is None


@pytest.mark.parametrize("kind", ["addressed", "running", "nobody's"])
def test_nothing_else_is_handed_on(viewer: Viewer, owner_connection: Connection, kind: str) -> None:
    performer = factories.performer() if kind == "nobody's" else come(factories.performer())
    item = bought(viewer, performer) if kind == "addressed" else asked(viewer)
    if kind == "running":
        services.start(by=factories.actor(performer), item_id=item)
    assert hand_on(owner_connection, item) == {"refusal": "NOT_FOUND"}


def test_who_was_busy_when_it_came_is_found_by_the_deal(viewer: Viewer, owner_connection: Connection) -> None:
    performer = come(factories.performer())
    with owner_connection.transaction():
        owner_connection.execute(
            "SELECT FROM modelstate_modelstate WHERE performer_id = %s FOR NO KEY UPDATE", [performer.pk]
        )
        item = asked(viewer)
    assert QueueItem.objects.get(pk=item).performer_id is None
    assert (services.deal(), services.deal()) == (1, 0)
    assert QueueItem.objects.get(pk=item).performer_id == performer.pk


def test_a_start_waits_for_the_hand_on_and_finds_another_performers_item(
    viewer: Viewer, owner_connection: Connection
) -> None:
    first, second = come(factories.performer()), come(factories.performer())
    item = asked(viewer)
    owner_connection.execute("BEGIN")
    owner_connection.execute("SELECT queue_app_lock_item(NULL, 'performer', %s, 'release')", [item])
    owner_connection.execute("SELECT queue_app_hand_on(NULL, %s, 'timeout')", [item])

    def commit_once_she_waits() -> None:
        wait_for_the_lock(owner_connection)
        owner_connection.execute("COMMIT")

    start = partial(services.start, by=factories.actor(first), item_id=item)
    assert refusals(together([start, commit_once_she_waits])) == ["NOT_FOUND"]
    services.start(by=factories.actor(second), item_id=item)
    assert status_of(item) == "started"
