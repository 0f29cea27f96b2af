"""Who is there: leases of four kinds, by the database's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Performer, SignIn
from accounts.services import end_sign_in
from core.actors import SYSTEM
from modelstate.queries import get_state
from modelstate.states import State
from presence import services
from presence.models import Lease
from presence.services import renew
from presence.states import Kind
from queue_app.sweeping import sweep
from tests import factories
from tests.queue_app.clockwork import go_away, limits, present_until, sign_in_of
from tests.queue_app.support import bought, come, rich, status_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def performer() -> Performer:
    """A performer with one open sign-in, IDLE."""
    person = factories.performer()
    sign_in_of(person)
    return person


def lasts(sign_in: SignIn) -> float:
    """Seconds that the sign-in's lease still lives."""
    return (Lease.objects.get(pk=sign_in.pk).expires_at - timezone.now()).total_seconds()


@pytest.mark.parametrize(
    ("kind", "seconds"), [(Kind.SOCKET, 8), (Kind.POLL, 25), (Kind.BEARER, 120), (Kind.CHAT, 1800)]
)
def test_a_lease_lasts_as_long_as_its_kind_says(performer: Performer, kind: Kind, seconds: int) -> None:
    sign_in = sign_in_of(performer)
    renew(sign_in_ids=[sign_in.pk], kind=kind)
    assert seconds - 2 < lasts(sign_in) <= seconds


def test_a_press_in_the_chat_can_last_as_long_as_the_performance_needs(performer: Performer) -> None:
    renew(sign_in_ids=[sign_in_of(performer).pk], kind=Kind.CHAT, at_least_seconds=3720)
    assert lasts(sign_in_of(performer)) > 3700


def test_a_whole_process_renews_in_one_statement(django_assert_num_queries: object, performer: Performer) -> None:
    sign_ins = [sign_in_of(factories.performer()) for _ in range(20)]
    renew(sign_in_ids=[one.pk for one in sign_ins], kind=Kind.SOCKET)
    assert callable(django_assert_num_queries)
    with django_assert_num_queries(1):
        renew(sign_in_ids=[one.pk for one in sign_ins], kind=Kind.SOCKET)
    assert Lease.objects.count() == 20


def test_a_poll_never_shortens_and_a_socket_says_exactly(performer: Performer) -> None:
    sign_in = sign_in_of(performer)
    for kind, seconds in ((Kind.BEARER, 120), (Kind.POLL, 120), (Kind.SOCKET, 8), (Kind.POLL, 25)):
        renew(sign_in_ids=[sign_in.pk], kind=kind)
        assert seconds - 2 < lasts(sign_in) <= seconds


def test_bearer_requests_count_until_the_sign_in_opens_a_socket(performer: Performer) -> None:
    sign_in = sign_in_of(performer)
    renew(sign_in_ids=[sign_in.pk], kind=Kind.SOCKET)
    renew(sign_in_ids=[sign_in.pk], kind=Kind.BEARER)
    assert lasts(sign_in) <= 8


def test_a_bearer_only_performer_stays_present_at_the_cost_of_one_write(performer: Performer) -> None:
    api = factories.bearer(performer)
    services._bearers.clear()
    api.get("/api/v1/me")
    first = present_until(performer.pk)
    assert first is not None
    assert first > timezone.now() + timedelta(seconds=115)
    api.get("/api/v1/me")
    assert present_until(performer.pk) == first


def test_nobody_and_ended_sign_ins_gain_nothing(performer: Performer) -> None:
    sign_in = sign_in_of(performer)
    end_sign_in(by=SYSTEM, sign_in_id=sign_in.pk, forced=True)
    assert renew(sign_in_ids=[sign_in.pk, uuid4()], kind=Kind.SOCKET) is None
    assert not Lease.objects.exists()


def test_a_sign_in_that_ends_takes_its_lease_with_it(performer: Performer) -> None:
    sign_in = sign_in_of(performer)
    renew(sign_in_ids=[sign_in.pk], kind=Kind.BEARER)
    end_sign_in(by=SYSTEM, sign_in_id=sign_in.pk, forced=True)
    until = present_until(performer.pk)
    assert until is not None
    assert until <= timezone.now()


def test_a_page_without_sockets_says_that_it_is_there(performer: Performer) -> None:
    answer = factories.signed_in(performer).post("/api/v1/model/presence", {}, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (200, ["until"])
    assert present_until(performer.pk) is not None


@pytest.mark.parametrize("body", ['{"until": "2099-01-01"}', "[]", "{"])
def test_a_sign_of_life_says_nothing_else(performer: Performer, body: str) -> None:
    hers = factories.signed_in(performer)
    assert hers.post("/api/v1/model/presence", body, content_type="application/json").status_code == 400


def stay(client: Client) -> int:
    """What a sign of life is answered with."""
    return client.post("/api/v1/model/presence", {}, content_type="application/json").status_code


def test_nobody_staff_and_managers_have_no_such_address() -> None:
    clients = [Client(), *(factories.signed_in(person) for person in (factories.staff(), factories.manager()))]
    assert [stay(client) for client in clients] == [401, 403, 403]
    assert not Lease.objects.exists()


def test_a_viewer_without_sockets_keeps_what_needs_him_there() -> None:
    viewer, her = rich(factories.viewer()), come(factories.performer())
    item_id, his = bought(viewer, her, metadata={"presenceRequired": True}), factories.signed_in(viewer)
    with limits(viewer_absence=0):
        assert stay(his) == 200
        sweep()
        assert status_of(item_id) == "created"
        go_away(viewer)
        sweep()
    assert status_of(item_id) == "refunded"


@pytest.mark.parametrize(("who", "says"), [("performer", True), ("viewer", True), ("staff", False), ("manager", False)])
def test_the_pages_of_who_may_be_there_say_so(who: str, says: bool) -> None:
    page = factories.signed_in(getattr(factories, who)()).get("/notifications/").content.decode()
    assert ('data-presence="/api/v1/model/presence"' in page) is says


def test_a_lease_gained_while_offline_signs_her_in(performer: Performer) -> None:
    with limits(absence=0):
        sweep()
    assert get_state(performer.pk).state is State.OFFLINE
    renew(sign_in_ids=[sign_in_of(performer).pk], kind=Kind.POLL)
    assert get_state(performer.pk).state is State.IDLE


def test_away_for_two_minutes_she_is_offline_and_not_before(performer: Performer) -> None:
    renew(sign_in_ids=[sign_in_of(performer).pk], kind=Kind.POLL)
    with limits(absence=0):
        sweep()
    assert get_state(performer.pk).state is State.IDLE
    go_away(performer)
    sweep()
    assert get_state(performer.pk).state is State.IDLE
    with limits(absence=0):
        sweep()
    assert get_state(performer.pk).state is State.OFFLINE


def test_another_sign_in_keeps_her_there(performer: Performer) -> None:
    sign_in = sign_in_of(performer)
    renew(sign_in_ids=[sign_in.pk], kind=Kind.BEARER)
    factories.tokens(performer)
    renew(sign_in_ids=[sign_in_of(performer).pk], kind=Kind.POLL)
    end_sign_in(by=SYSTEM, sign_in_id=sign_in.pk)
    until = present_until(performer.pk)
    assert until is not None
    assert until > timezone.now()


def test_a_lease_knows_since_when_she_is_there_without_a_gap(performer: Performer) -> None:
    def since() -> datetime:
        renew(sign_in_ids=[sign_in_of(performer).pk], kind=Kind.POLL)
        return Lease.objects.get(owner=performer.pk).since

    first = since()
    assert since() == first
    go_away(performer)
    assert since() > first


def test_the_limits_are_the_settings() -> None:
    assert settings.PRESENCE_SECONDS == {"socket": 8, "poll": 25, "bearer": 120, "chat": 1800}


def test_living_leases_are_not_forgotten(performer: Performer) -> None:
    renew(sign_in_ids=[sign_in_of(performer).pk], kind=Kind.POLL)
    assert services.forget_old_leases() == 0


def lapsed(person: Performer, seconds: int) -> None:
    """This person's lease ended so long ago."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT presence_renew(ARRAY[%s]::uuid[], 'socket', %s)", [sign_in_of(person).pk, -seconds])


def test_leases_of_before_yesterday_are_forgotten_and_younger_ones_kept(performer: Performer) -> None:
    old, young = factories.performer(), factories.performer()
    lapsed(old, 3 * 86_400)
    lapsed(young, 23 * 3600)
    renew(sign_in_ids=[sign_in_of(performer).pk], kind=Kind.POLL)
    assert (services.forget_old_leases(), services.forget_old_leases()) == (1, 0)
    assert set(Lease.objects.values_list("owner_id", flat=True)) == {young.pk, performer.pk}


def test_old_leases_are_found_by_an_index_that_renewals_do_not_write(performer: Performer) -> None:
    for kind in (Kind.POLL, Kind.SOCKET, Kind.SOCKET, Kind.BEARER, Kind.SOCKET):
        renew(sign_in_ids=[sign_in_of(performer).pk], kind=kind)
    with connection.cursor() as cursor:
        cursor.execute("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'presence_lease'")
        changed, in_place = cursor.fetchone()
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT FROM presence_lease WHERE expires_on < (clock_timestamp() AT TIME ZONE 'UTC')::date - 1"
        )
        plan = " ".join(row[0] for row in cursor.fetchall())
    assert changed == in_place > 0
    assert "presence_lease_days" in plan
