"""Sweeps beside each other, beside everybody else, and past what is broken."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from uuid import UUID

import psycopg
import pytest

from accounts.models import Performer, Viewer
from core.exceptions import DomainError
from notices.models import Notice
from queue_app import services
from queue_app.invariants import QUEUE_INVARIANTS
from queue_app.models import PerformerQueue, QueueEvent, QueueItem
from queue_app.sweeping import Swept, sweep
from tests import factories
from tests.queue_app.clockwork import come_back, limits
from tests.queue_app.support import asked, bought, come, depth_of, rich, running, status_of, tokens_of
from tests.support.database import Connection
from tests.support.threads import connections_for, refusals, together

pytestmark = [pytest.mark.threads, pytest.mark.usefixtures("database_clone")]


@pytest.fixture
def viewer(database_clone: str) -> Viewer:
    """A viewer with tokens, committed to the clone."""
    return rich(factories.viewer(), 10_000)


def test_eight_sweepers_at_once_do_each_thing_once(viewer: Viewer) -> None:
    with limits(lifetime=0, rope_drop=0, return_=0):
        paused = [running(viewer, come(factories.performer()), tokens=10) for _ in range(4)]
        waiting = [bought(viewer, come(factories.performer()), tokens=10) for _ in range(6)]
        with connections_for(8):
            for _ in range(3):
                together([sweep] * 8)
        while sweep().done:  # what all of them found busy: everybody here has the same viewer's wallet
            pass
    assert {status_of(item) for item in paused + waiting} == {"refunded"}
    assert QueueEvent.objects.filter(event="refund").count() == 10
    assert QueueEvent.objects.filter(event="pause").count() == 4
    assert tokens_of(viewer) == (10_000, 0)
    assert Notice.objects.filter(owner_id=viewer.pk, key="queue.item.paused").count() == 4


def test_a_sweep_and_a_finish_race_for_one_end(performer: Performer, viewer: Viewer) -> None:
    her = factories.actor(performer)
    with limits(rope_drop=0, return_=0), connections_for(4):
        for _ in range(5):
            item_id = running(viewer, performer, tokens=10)
            sweep()
            race: list[Callable[[], Swept]] = [partial(_finish, performer, item_id), sweep]
            outcomes = together(race)
            refused = refusals(outcomes)
            assert refused == ([] if status_of(item_id) == "finished" else ["INVALID_STATE_TRANSITION"])
            come_back(performer)
            services.join(by=her, performer_id=performer.pk)
    assert sum(tokens_of(viewer)) + 10 * QueueItem.objects.filter(status="finished").count() == 10_000


def _finish(performer: Performer, item_id: UUID) -> Swept:
    services.finish(by=factories.actor(performer), item_id=item_id)
    return Swept()


def test_a_sweep_waits_for_nobody(performer: Performer, viewer: Viewer, owner_connection: Connection) -> None:
    with limits(lifetime=0):
        held, free = bought(viewer, performer), bought(rich(factories.viewer()), come(factories.performer()))
    with owner_connection.transaction():
        owner_connection.execute(
            "SELECT FROM modelstate_modelstate WHERE performer_id = %s FOR NO KEY UPDATE", [performer.pk]
        )
        sweep()
        assert (status_of(held), status_of(free)) == ("created", "refunded")
    sweep()
    assert status_of(held) == "refunded"


def test_a_wallet_in_use_is_left_for_the_next_sweep(
    performer: Performer, viewer: Viewer, owner_connection: Connection
) -> None:
    with limits(lifetime=0):
        item_id = bought(viewer, performer)
    with owner_connection.transaction():
        owner_connection.execute("SELECT FROM wallet_account WHERE owner_id = %s FOR UPDATE", [viewer.pk])
        sweep()
        assert status_of(item_id) == "created"
    sweep()
    assert status_of(item_id) == "refunded"


@pytest.mark.parametrize("addressed", [True, False])
def test_what_is_in_somebodys_hands_moves_nothing_and_tells_nobody(
    performer: Performer,
    viewer: Viewer,
    owner_connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    addressed: bool,
) -> None:
    if not addressed:
        bought(rich(factories.viewer()), performer)  # so that she is given no other
    with limits(lifetime=0):
        item_id = bought(viewer, performer) if addressed else asked(viewer)
    sent: list[dict[str, object]] = []
    monkeypatch.setattr("core.events.send_now", lambda _rooms, frame: sent.append(frame))
    before = PerformerQueue.objects.filter(performer=performer).values_list("version", "depth").first()
    with owner_connection.transaction():
        owner_connection.execute("SELECT FROM wallet_account WHERE owner_id = %s FOR UPDATE", [viewer.pk])
        assert [sweep() for _ in range(3)] == [Swept()] * 3
    after = PerformerQueue.objects.filter(performer=performer).values_list("version", "depth").first()
    assert (after, sent, status_of(item_id)) == (before, [], "created")
    assert sweep().done == 1
    assert {"queue.item.refunded"} <= {str(frame["event"]) for frame in sent}


def test_what_is_busy_hides_nothing_that_was_done(
    performer: Performer, viewer: Viewer, owner_connection: Connection
) -> None:
    held, free = bought(viewer, performer), bought(rich(factories.viewer()), performer)
    with limits(absence=0, keep_place=0), owner_connection.transaction():
        owner_connection.execute("SELECT FROM wallet_account WHERE owner_id = %s FOR UPDATE", [viewer.pk])
        assert [sweep().done, sweep().done] == [2, 0]  # she is OFFLINE, one item has ended
    assert (status_of(held), status_of(free), depth_of(performer)) == ("created", "refunded", 1)


def test_one_broken_item_stops_nobody_else_and_is_not_forgotten(
    performer: Performer, viewer: Viewer, owner_connection: Connection
) -> None:
    other = rich(factories.viewer())
    broken, whole = bought(viewer, performer), bought(other, performer)
    owner_connection.execute("UPDATE wallet_account SET closed_at = now() WHERE owner_id = %s", [viewer.pk])
    with limits(absence=0, keep_place=0, retry=0):
        assert sweep().failed == 1
        assert (status_of(broken), status_of(whole)) == ("created", "refunded")
        owner_connection.execute("UPDATE wallet_account SET closed_at = NULL WHERE owner_id = %s", [viewer.pk])
        sweep()
    assert (status_of(broken), tokens_of(viewer)) == ("refunded", (10_000, 0))


def test_a_deadline_by_hand_is_refused(performer: Performer, viewer: Viewer, owner_connection: Connection) -> None:
    item_id = running(viewer, performer)
    for change in ("deadline_at = now()", "paused_at = now()", "ends_at = NULL", "deadline_step = ''"):
        with pytest.raises(psycopg.errors.CheckViolation):
            owner_connection.execute(f"UPDATE queue_app_queueitem SET {change} WHERE id = %s", [item_id])
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        owner_connection.execute(
            "UPDATE queue_app_performerqueue SET start_by = now() WHERE performer_id = %s", [performer.pk]
        )
    assert refused.value.diag.constraint_name == "queue_app_start_deadline_whole"


def test_reconcile_names_what_was_missed(performer: Performer, viewer: Viewer, owner_connection: Connection) -> None:
    bought(viewer, performer)
    running(viewer, come(factories.performer()))
    ninth = [invariant for invariant in QUEUE_INVARIANTS if invariant.code == "I9"]
    assert [owner_connection.execute(one.sql).fetchall() for one in ninth] == [[], [], []]
    late = "clock_timestamp() - interval '31 seconds'"
    with owner_connection.transaction(force_rollback=True):
        owner_connection.execute("ALTER TABLE queue_app_queueitem DISABLE TRIGGER legal_steps_only")
        owner_connection.execute(f"UPDATE queue_app_queueitem SET deadline_at = {late}")
        owner_connection.execute(f"UPDATE queue_app_performerqueue SET start_by = {late} WHERE start_by IS NOT NULL")
        assert [len(owner_connection.execute(one.sql).fetchall()) for one in ninth] == [2, 1, 0]
        owner_connection.execute(
            "UPDATE queue_app_performerqueue SET start_by = NULL, start_item_id = NULL, start_warned = false"
        )
        assert len(owner_connection.execute(ninth[2].sql).fetchall()) == 1


def test_two_hundred_due_deadlines_are_worked_off_in_seconds(viewer: Viewer) -> None:
    assert _seconds_for(viewer, performers=20, items=10) < 5


@pytest.mark.drill
def test_ten_thousand_due_deadlines_are_worked_off_within_ten_seconds(viewer: Viewer) -> None:
    seconds = _seconds_for(viewer, performers=200, items=50)
    sys.stdout.write(json.dumps({"drill": "sweep", "due": 10_000, "seconds": round(seconds, 2)}) + "\n")
    assert seconds < 10


def _seconds_for(viewer: Viewer, *, performers: int, items: int) -> float:
    for _ in range(performers):
        performer = come(factories.performer())
        for _ in range(items):
            bought(viewer, performer, tokens=1)
    began = time.monotonic()
    _work_off_everything()
    return time.monotonic() - began


def _work_off_everything() -> None:
    """Everybody is OFFLINE, and nobody's place is kept."""
    with limits(absence=0, keep_place=0):
        while sweep().done:
            pass
    assert not QueueItem.objects.filter(status="created").exists()


def test_people_and_sweeps_never_lock_each_other_out(performer: Performer, viewer: Viewer) -> None:
    others = [come(factories.performer()) for _ in range(3)]

    def buy() -> Swept:
        for performer in others:
            try:
                bought(viewer, performer, tokens=1)
            except DomainError as refusal:
                assert refusal.status in {402, 409}  # noqa: PT017 - which refusals are fine is the point
        return Swept()

    def work_off() -> Swept:
        for _ in range(5):
            sweep()
        return Swept()

    with limits(lifetime=0, start=0, start_warning=0), connections_for(8):
        together([buy, work_off] * 4)
    _work_off_everything()
    assert tokens_of(viewer) == (10_000, 0)
