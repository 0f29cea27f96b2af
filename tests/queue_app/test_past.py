"""What staff see of the past: an account's balance, a performer's state and her queue, as they were."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID, uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import Performer, User
from queue_app import services
from queue_app.past import items_at, past_of
from queue_app.states import Status
from queue_app.sweeping import sweep
from tests import factories
from tests.queue_app.clockwork import limits
from tests.queue_app.support import asked, bought, come, rich, running
from wallet.queries import database_now

pytestmark = pytest.mark.django_db
Statements = Callable[[int], AbstractContextManager[object]]


def address(person: User) -> str:
    return f"/api/v1/admin/accounts/{person.pk}/past"


def test_her_past_is_what_she_was_doing_then() -> None:
    performer, began = factories.performer(), database_now()
    come(performer)
    waiting = database_now()
    item_id = running(rich(factories.viewer()), performer)
    performing = database_now()
    services.finish(by=factories.actor(performer), item_id=item_id)

    story = [past_of(performer.pk, at, performs=True) for at in (began, waiting, performing, database_now())]

    assert [past.state.state for past in story if past.state] == ["OFFLINE", "IN_QUEUE", "PERFORMING", "IDLE"]
    assert [past.balance.earned for past in story] == [0, 0, 0, 100]
    assert [[item.status for item in past.items] for past in story] == [[], [], [Status.STARTED], []]


def come_again(performer: Performer) -> None:
    """Back into the line, which she lost."""
    services.join(by=factories.actor(performer), performer_id=performer.pk)


def held_then(performer: Performer, moments: list[datetime]) -> list[list[UUID]]:
    """What stood in her queue at each of these moments."""
    return [[item.id for item in items_at(performer.pk, at)] for at in moments]


def test_a_request_is_in_her_queue_from_when_it_was_given_to_her() -> None:
    item_id, asked_at = asked(rich(factories.viewer())), database_now()
    performer = come(factories.performer())
    given_at = database_now()
    services.refund(by=factories.actor(performer), item_id=item_id)

    assert held_then(performer, [asked_at, given_at, database_now()]) == [[], [item_id], []]


def test_a_request_that_was_handed_on_is_in_each_queue_in_its_time() -> None:
    first, second = (come(factories.performer()) for _ in range(2))
    with limits(start=0, start_warning=0):
        item_id, at_first = asked(rich(factories.viewer())), database_now()
        sweep()
        sweep()
    at_second = database_now()
    services.start(by=factories.actor(second), item_id=item_id)
    services.finish(by=factories.actor(second), item_id=item_id)

    moments = [at_first, at_second, database_now()]
    assert held_then(first, moments) == [[item_id], [], []]
    assert held_then(second, moments) == [[], [item_id], []]


def test_a_request_that_came_back_to_wait_is_nobodys_then() -> None:
    performer = come(factories.performer())
    with limits(start=0, start_warning=0):
        item_id, given_at = asked(rich(factories.viewer())), database_now()
        sweep()
        sweep()
    waiting_at = database_now()
    come_again(performer)

    assert held_then(performer, [given_at, waiting_at, database_now()]) == [[item_id], [], [item_id]]


def test_her_past_has_the_order_of_then() -> None:
    performer, viewer = come(factories.performer()), rich(factories.viewer())
    one, two, before = bought(viewer, performer), bought(viewer, performer), database_now()
    services.requeue(by=factories.actor(factories.staff()), item_id=one, reason="She asked for it")

    assert held_then(performer, [before, database_now()]) == [[one, two], [two, one]]
    assert held_then(factories.performer(), [before]) == [[]]


def test_a_viewer_has_no_state(django_assert_num_queries: Statements) -> None:
    viewer = rich(factories.viewer())
    at = database_now()

    with django_assert_num_queries(2):
        past = past_of(viewer.pk, at, performs=False)

    assert (past.state, past.items, past.balance.available) == (None, (), 1000)


def test_her_past_takes_five_statements(django_assert_num_queries: Statements) -> None:
    performer = come(factories.performer())
    at = database_now()

    with django_assert_num_queries(5):
        past_of(performer.pk, at, performs=True)


def test_staff_read_anybodys_past_over_json() -> None:
    viewer = rich(factories.viewer())
    at = database_now().isoformat()

    body = factories.bearer(factories.staff()).get(address(viewer.user), {"at": at}).json()

    assert (body["ownerId"], body["balance"]["available"], body["state"]) == (str(viewer.pk), 1000, None)


@pytest.mark.parametrize(("at", "code"), [("", "invalid"), ("then", "invalid"), ("2999-01-01T00:00:00Z", "in_future")])
def test_an_instant_that_is_none_is_refused_by_field(at: str, code: str) -> None:
    response = factories.bearer(factories.staff()).get(address(factories.viewer().user), {"at": at})

    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, code)


def test_nobody_else_reads_it_and_nobody_has_no_past() -> None:
    viewer, at = factories.viewer(), {"at": "2026-01-01T00:00:00Z"}
    statuses = [
        factories.bearer(person).get(address(viewer.user), at).status_code
        for person in (viewer, factories.performer(), factories.manager())
    ]

    assert statuses == [403, 403, 403]
    assert APIClient().get(address(viewer.user), at).status_code == 401
    assert factories.bearer(factories.staff()).get(f"/api/v1/admin/accounts/{uuid4()}/past", at).status_code == 404
