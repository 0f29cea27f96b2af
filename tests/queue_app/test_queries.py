"""Reading the queue: the right things, in a bounded number of statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import Performer, Viewer
from modelstate.queries import get_state
from queue_app import services
from queue_app.models import QueueItem
from queue_app.queries import (
    Side,
    history_for,
    item_for,
    open_items_of,
    place_for,
    queue_of,
    settings_of,
    snapshot_of,
    views,
)
from queue_app.states import DEFAULT_DURATION_SECONDS, Mode
from tests import factories
from tests.queue_app.support import bought, buying, come, running

pytestmark = pytest.mark.django_db
PERFORMED: Side = "performed"
BOUGHT: Side = "bought"


def test_the_wait_is_the_rest_of_the_running_one_and_the_durations_ahead(performer: Performer, viewer: Viewer) -> None:
    running(viewer, performer, duration_seconds=600)
    bought(viewer, performer, duration_seconds=300)
    bought(viewer, performer)
    bought(viewer, performer)
    waits = [item.wait_seconds for item in queue_of(performer.pk).items]
    assert waits[0] == 0
    rest = waits[1]
    assert rest is not None
    assert 595 <= rest <= 600
    assert waits[2:] == [rest + 300, rest + 300 + DEFAULT_DURATION_SECONDS]


def test_an_overrun_shortens_nobodys_wait_below_nothing(performer: Performer, viewer: Viewer) -> None:
    first = running(viewer, performer, duration_seconds=1)
    second = bought(viewer, performer)
    with connection.cursor() as cursor:  # until its second is over by the database's clock, and not longer
        cursor.execute("SELECT pg_sleep_until(started_at + '1.001 s') FROM queue_app_queueitem WHERE id = %s", [first])
    assert item_for(factories.actor(viewer), second).wait_seconds == 0


def test_what_is_shown_is_never_older_than_its_version(
    performer: Performer, viewer: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = queue_of(performer.pk).version

    read_items = QueueItem.objects.raw

    def after_somebody_has_bought(*asked: Any) -> Any:  # noqa: ANN401 - what a manager takes and gives
        bought(viewer, performer)
        return read_items(*asked)

    monkeypatch.setattr(QueueItem.objects, "raw", after_somebody_has_bought)
    seen = queue_of(performer.pk)
    assert (seen.version, seen.depth) == (before, 1)


@pytest.mark.parametrize("number", [1, 12])
def test_her_queue_takes_two_statements(
    performer: Performer,
    viewer: Viewer,
    number: int,
    django_assert_num_queries: Any,  # noqa: ANN401
) -> None:
    for _ in range(number):
        bought(viewer, performer, tokens=1)
    with django_assert_num_queries(2):
        queue = queue_of(performer.pk)
    assert (queue.depth, queue.head and queue.head.position, queue.running) == (number, 1, None)
    assert queue.version == snapshot_of(performer.pk)["version"]


@pytest.mark.parametrize("number", [1, 6])
def test_a_viewers_items_take_two_statements(
    performer: Performer,
    viewer: Viewer,
    number: int,
    django_assert_num_queries: Any,  # noqa: ANN401
) -> None:
    others = [performer, come(factories.performer())]
    ids = [bought(viewer, others[i % 2]) for i in range(number)]
    with django_assert_num_queries(2):
        items = open_items_of(viewer.pk)
    assert {item.id for item in items} == set(ids)
    assert [item.position for item in items] == sorted(item.position or 0 for item in items)


def test_an_ended_item_needs_no_places(
    performer: Performer,
    viewer: Viewer,
    django_assert_num_queries: Any,  # noqa: ANN401
) -> None:
    item_id = bought(viewer, performer)
    services.cancel(by=factories.actor(viewer), item_id=item_id)
    with django_assert_num_queries(1):
        item = item_for(factories.actor(viewer), item_id)
    assert (item.position, item.wait_seconds, item.settled, item.settled_at) == (None, None, False, None)


def test_a_finished_item_tells_when_it_was_settled(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    services.finish(by=factories.actor(performer), item_id=item_id)
    item = item_for(factories.actor(viewer), item_id)
    assert (item.settled, item.settled_at) == (True, item.finished_at)
    assert item.started_at is not None
    assert item.finished_at is not None
    assert timedelta(0) <= item.finished_at - item.started_at < timedelta(minutes=1)


def test_history_shows_each_side_its_own(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    for who, side, other in (performer.pk, PERFORMED, BOUGHT), (viewer.pk, BOUGHT, PERFORMED):
        assert [item.id for item in views(history_for(who, [side]))] == [item_id]
        assert views(history_for(who, [other])) == []
    for stranger in (factories.performer(), factories.viewer()):
        assert views(history_for(stranger.pk, [PERFORMED, BOUGHT])) == []


def test_who_performs_and_buys_has_a_history_on_each_side(performer: Performer, viewer: Viewer) -> None:
    performed, paid = bought(viewer, performer), bought(buying(performer), come(factories.performer()))
    sides: list[list[Side]] = [[PERFORMED], [BOUGHT], [PERFORMED, BOUGHT]]
    seen = [{item.pk for item in history_for(performer.pk, side)} for side in sides]
    assert seen == [{performed}, {paid}, {performed, paid}]


def test_a_place_counts_the_running_one_in_the_total(performer: Performer, viewer: Viewer) -> None:
    running(viewer, performer)
    place = place_for(factories.actor(viewer), bought(viewer, performer))
    assert (place.position, place.total_in_queue) == (1, 2)


def test_who_never_used_her_queue_has_the_houses_settings() -> None:
    fresh = factories.performer()
    settings = settings_of(fresh.pk)
    assert (settings.mode, settings.auto_rejoin, settings.accepts_slots) == (Mode.ON, False, False)
    assert (queue_of(fresh.pk).items, queue_of(fresh.pk).version) == ((), 0)
    assert snapshot_of(fresh.pk)["depth"] == 0


def test_the_state_names_what_she_performs_in_two_statements(
    performer: Performer,
    viewer: Viewer,
    django_assert_num_queries: Any,  # noqa: ANN401
) -> None:
    item_id = running(viewer, performer)
    with django_assert_num_queries(2):
        work = get_state(performer.pk).current_performance
    assert work is not None
    assert (work.id, work.title, work.tokens) == (item_id, "A song", 100)
