"""Signs of life: what they cost, and who is told that somebody is there again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from accounts.models import Performer
from presence import hooks, services
from presence.hooks import announce_return, on_return
from presence.models import Lease
from presence.services import bearer_seen, renew
from presence.states import Kind
from tests import factories
from tests.queue_app.clockwork import go_away, sign_in_of

pytestmark = pytest.mark.django_db


class Clock:
    """A process's own clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        """What it says."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of a process that has seen nobody yet."""
    clock = Clock()
    monkeypatch.setattr(services, "time", clock)
    monkeypatch.setattr(services, "_bearers", OrderedDict())
    return clock


@pytest.fixture
def back(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """Who is told to be there again, in order."""
    seen: list[UUID] = []
    monkeypatch.setattr(hooks, "_returned", [seen.extend])
    return seen


@pytest.fixture
def performer(db: None) -> Performer:
    """Signed in, without a lease."""
    person = factories.performer()
    sign_in_of(person)
    return person


def live(*people: Performer, kind: Kind = Kind.POLL) -> None:
    """One sign of life of all of them."""
    renew(sign_in_ids=[sign_in_of(one).pk for one in people], kind=kind)


def lease(performer: Performer) -> Lease:
    return Lease.objects.get(owner=performer.pk)


# --- who is there again


def test_who_had_no_living_lease_is_back_once(performer: Performer, back: list[UUID]) -> None:
    for _ in range(3):
        live(performer)
    assert back == [performer.pk]


def test_who_was_away_is_back_again(performer: Performer, back: list[UUID]) -> None:
    live(performer)
    go_away(performer)
    live(performer, kind=Kind.SOCKET)
    assert back == [performer.pk] * 2


def test_of_many_only_those_who_were_away_are_back(performer: Performer, back: list[UUID]) -> None:
    others = [factories.performer() for _ in range(3)]
    live(performer)
    live(performer, *others)
    assert (back[0], set(back[1:])) == (performer.pk, {other.pk for other in others})


def test_a_second_sign_in_brings_nobody_back_who_is_there(performer: Performer, back: list[UUID]) -> None:
    live(performer)
    factories.tokens(performer)
    live(performer)
    assert (back, Lease.objects.filter(owner=performer.pk).count()) == ([performer.pk], 2)


def test_nobody_is_told_of_nobody(back: list[UUID]) -> None:
    announce_return([])
    assert renew(sign_in_ids=[], kind=Kind.POLL) is None
    assert renew(sign_in_ids=[uuid4()], kind=Kind.SOCKET) is None
    assert back == []


def test_who_registers_twice_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[UUID] = []

    def greet(owner_ids: Sequence[UUID]) -> None:
        told.extend(owner_ids)

    monkeypatch.setattr(hooks, "_returned", [])
    for _ in range(2):
        on_return(greet)
    announce_return([uuid4()])
    assert len(told) == 1


# --- bearers


def test_a_bearer_costs_a_write_once_in_a_while(performer: Performer, clock: Clock) -> None:
    sign_in_id = sign_in_of(performer).pk
    bearer_seen(sign_in_id=sign_in_id)
    first = lease(performer).expires_at
    clock.now += settings.PRESENCE_SECONDS[Kind.BEARER] * services.BEARER_SHARE - 0.1
    bearer_seen(sign_in_id=sign_in_id)
    assert lease(performer).expires_at == first
    clock.now += 0.2
    bearer_seen(sign_in_id=sign_in_id)
    assert lease(performer).expires_at > first


def test_what_is_left_of_the_lease_outlives_the_wait_for_the_next_write() -> None:
    assert 0 < services.BEARER_SHARE <= 0.5


def test_another_bearer_is_another_one(performer: Performer, clock: Clock) -> None:
    other = factories.performer()
    for person in (performer, other):
        bearer_seen(sign_in_id=sign_in_of(person).pk)
    assert lease(performer).kind == lease(other).kind == Kind.BEARER


def test_a_process_remembers_so_many_bearers_and_no_more(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "REMEMBERED_BEARERS", 2)
    ids = [uuid4() for _ in range(3)]
    for sign_in_id in ids:
        bearer_seen(sign_in_id=sign_in_id)
    assert list(services._bearers) == ids[1:]


def test_a_kind_that_is_none_is_refused_by_the_database(performer: Performer) -> None:
    with (
        pytest.raises(IntegrityError, match="presence_kind_known"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT presence_renew(ARRAY[%s]::uuid[], 'wish', 60)", [sign_in_of(performer).pk])
    assert not Lease.objects.exists()
