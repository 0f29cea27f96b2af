"""The sweeper's process: its sign of life, what it brings back, and what it must not wait for."""

from __future__ import annotations

from threading import Event
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Performer, Viewer
from core import heartbeats
from core.heartbeats import SWEEPER, beat, silent_seconds
from core.jobs import SILENT_SECONDS
from modelstate.states import State
from queue_app import services
from queue_app.models import QueueItem
from queue_app.sweeper import Sweeper
from queue_app.sweeping import sweep
from tests import factories
from tests.core.test_jobs import job, status_of, worker
from tests.queue_app.clockwork import come_back, limits
from tests.queue_app.support import asked, bought, come, rich, running, state_of
from tests.queue_app.support import status_of as item_status
from tests.support.database import Connection
from wallet.services import place_hold


def ready(client: Client) -> tuple[int, bool]:
    """What /readyz says, and of the sweeper."""
    answer = client.get("/readyz")
    return answer.status_code, answer.json()["checks"]["sweeper"]


def silent_for(seconds: float) -> None:
    """The sweeper did its last round so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_heartbeat SET at = clock_timestamp() - make_interval(secs => %s) WHERE name = %s",
            [seconds, SWEEPER],
        )


@pytest.mark.django_db
def test_a_late_sweeper_is_not_ready_and_is_again_after_its_next_round(client: Client) -> None:
    beat(SWEEPER)
    assert ready(client) == (200, True)
    silent_for(29)
    assert ready(client) == (200, True)
    silent_for(30.1)
    assert ready(client) == (503, False)
    beat(SWEEPER)
    assert ready(client) == (200, True)


@pytest.mark.django_db
def test_a_sweeper_that_never_did_a_round_is_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM core_heartbeat WHERE name = %s", [SWEEPER])
    assert (silent_seconds(SWEEPER), ready(client)) == (None, (503, False))


@pytest.mark.threads
def test_a_round_works_off_what_is_due_beats_and_brings_back_stalled_jobs(
    owner_connection: Connection, client: Client
) -> None:
    with limits(lifetime=0):
        item_id = bought(rich(factories.viewer()), come(factories.performer()))
    stalled = job(owner_connection, "doing", worker(owner_connection, SILENT_SECONDS + 5))
    beat(SWEEPER)
    silent_for(60)

    assert Sweeper(Event()).turn()

    assert (item_status(item_id), status_of(stalled), ready(client)) == ("refunded", "todo", (200, True))


def performer_of(item_id: UUID) -> UUID | None:
    """Whose it is."""
    return QueueItem.objects.get(pk=item_id).performer_id


def in_line() -> Performer:
    """A performer who is there and waits in the line."""
    performer = come(factories.performer())
    come_back(performer)
    return performer


@pytest.fixture
def performer(database_clone: str) -> Performer:
    """A performer in the line, committed to the clone."""
    return come(factories.performer())


@pytest.fixture
def viewer(database_clone: str) -> Viewer:
    """A viewer with tokens, committed to the clone."""
    return rich(factories.viewer())


@pytest.mark.threads
@pytest.mark.parametrize(
    "held",
    [
        "SELECT FROM wallet_account WHERE owner_id IS NOT NULL FOR NO KEY UPDATE",
        "SELECT FROM wallet_hold FOR NO KEY UPDATE",
        "SELECT FROM queue_app_queueitem FOR NO KEY UPDATE",
        "SELECT FROM queue_app_performerqueue FOR NO KEY UPDATE",
        "SELECT FROM modelstate_modelstate FOR NO KEY UPDATE",
        "SELECT queue_app_lock_pool(true)",
    ],
)
def test_whatever_somebody_holds_the_sweeper_goes_round_and_beats(
    performer: Performer, viewer: Viewer, owner_connection: Connection, held: str
) -> None:
    by = factories.actor(viewer)
    with limits(lifetime=0, rope_drop=0, start=0, start_warning=0):
        runs, late = running(viewer, come(factories.performer())), bought(viewer, performer)
        pooled = asked(viewer)
        place_hold(by=by, viewer_id=viewer.pk, performer_id=None, tokens=5, key="left over", expires_seconds=0)
        beat(SWEEPER)
        silent_for(60)
        with owner_connection.transaction():
            owner_connection.execute(held)
            Sweeper(Event()).turn()
            assert (heartbeats.silent_seconds(SWEEPER) or 0) < 30
        Sweeper(Event()).turn()
        Sweeper(Event()).turn()
    assert [item_status(item) for item in (late, pooled, runs)] == ["refunded", "refunded", "started"]


@pytest.mark.threads
def test_where_the_pool_is_in_use_the_next_sweep_hands_it_on(owner_connection: Connection) -> None:
    viewer = rich(factories.viewer())
    first, second = in_line(), in_line()
    with limits(start=0, start_warning=0):
        item_id = asked(viewer)
        sweep()
        with owner_connection.transaction():
            owner_connection.execute("SELECT queue_app_lock_pool(false)")
            sweep()
            assert (performer_of(item_id), state_of(first)) == (first.pk, State.IN_QUEUE)
        sweep()
    assert performer_of(item_id) == second.pk


@pytest.mark.threads
def test_a_deal_waits_for_nobody(owner_connection: Connection) -> None:
    item_id = asked(rich(factories.viewer()))
    with owner_connection.transaction():
        owner_connection.execute("SELECT queue_app_lock_pool(false)")
        assert services.deal() == 0
    assert performer_of(item_id) is None
