"""Ends that go wrong: told, tried again later, and never in the way of the others."""

from __future__ import annotations

from uuid import UUID, uuid4

import psycopg
import pytest
from structlog.testing import capture_logs

from accounts.models import Performer, Viewer
from core.idempotency import Claim
from modelstate.states import State
from notices.models import Notice
from queue_app import health, keyed
from queue_app.invariants import NOBODY_SITS_ON_THE_HEAD
from queue_app.models import QueueItem
from queue_app.sweeping import ITEMS_AT_ONCE, sweep
from tests import factories
from tests.queue_app.clockwork import come_back, limits
from tests.queue_app.support import bought, come, crowd, rich, running, state_of, status_of, tokens_of
from tests.support.database import Connection
from wallet.exceptions import AccountClosed

pytestmark = [pytest.mark.threads, pytest.mark.usefixtures("database_clone")]
LATE_HEADS = "UPDATE queue_app_performerqueue SET start_by = now() - interval '31 seconds' WHERE start_by IS NOT NULL"
TOO_MANY = ITEMS_AT_ONCE + 1


@pytest.fixture
def viewer(database_clone: str) -> Viewer:
    """Whose wallet will be closed."""
    return rich(factories.viewer(), 10_000)


@pytest.fixture
def other(database_clone: str) -> Viewer:
    """Whose wallet stays open."""
    return rich(factories.viewer())


def close(owner: Connection, viewer: Viewer, *, closed: bool = True) -> None:
    """Close this viewer's wallet, or open it again."""
    word = "now()" if closed else "NULL"
    owner.execute(f"UPDATE wallet_account SET closed_at = {word} WHERE owner_id = %s", [viewer.pk])


def waiting(viewer: Viewer, performer: Performer | None, count: int) -> list[UUID]:
    """So many items of a few tokens, for her or for whoever is next, whom more than one viewer must ask for so many."""
    if performer is None:
        return crowd(count)
    return [bought(viewer, performer, tokens=1) for _ in range(count)]


def out_of_time(owner: Connection) -> None:
    """Everything has waited too long."""
    with owner.transaction():
        owner.execute("ALTER TABLE queue_app_queueitem DISABLE TRIGGER legal_steps_only")
        owner.execute("UPDATE queue_app_queueitem SET deadline_at = now() WHERE status = 'created'")
        owner.execute("ALTER TABLE queue_app_queueitem ENABLE TRIGGER legal_steps_only")


@pytest.mark.parametrize("addressed", [True, False])
def test_more_of_them_than_a_round_takes_starve_nobody(
    viewer: Viewer, other: Viewer, owner_connection: Connection, addressed: bool
) -> None:
    performer = come(factories.performer()) if addressed else None
    bad, good = waiting(viewer, performer, TOO_MANY), waiting(other, performer, 1)
    out_of_time(owner_connection)
    for owner in Viewer.objects.filter(pk__in=QueueItem.objects.filter(pk__in=bad).values("viewer_id")):
        close(owner_connection, owner)

    assert [sweep().failed, sweep().failed] == [ITEMS_AT_ONCE, 1]

    assert {status_of(item) for item in bad} == {"created"}
    assert (status_of(good[0]), tokens_of(other)) == ("refunded", (1000, 0))


def test_they_are_told_and_left_alone_for_a_minute_then_tried_again(
    performer: Performer, viewer: Viewer, owner_connection: Connection
) -> None:
    with limits(lifetime=0):
        item_id = bought(viewer, performer)
    assert (health.sweeping().failing, health.sweeping().late_seconds > 0) == (0, True)
    close(owner_connection, viewer)
    with capture_logs() as logged:
        assert [sweep().failed, sweep().failed] == [1, 0]
    assert (health.sweeping().failing, health.sweeping().late_seconds) == (1, 0)
    assert [(entry["event"], entry["item"]) for entry in logged if entry["log_level"] == "error"] == [
        ("sweep.failed", str(item_id))
    ]
    close(owner_connection, viewer, closed=False)
    sweep()
    assert status_of(item_id) == "created"
    forget_failures(owner_connection)
    sweep()
    assert (status_of(item_id), QueueItem.objects.get(pk=item_id).retry_at) == ("refunded", None)


def forget_failures(owner: Connection) -> None:
    """The minute is over."""
    owner.execute("UPDATE queue_app_queueitem SET retry_at = now() WHERE retry_at IS NOT NULL")


def test_a_running_item_that_cannot_be_given_back_is_not_tried_every_second(
    performer: Performer, viewer: Viewer, owner_connection: Connection
) -> None:
    item_id = running(viewer, performer)
    close(owner_connection, viewer)
    with limits(rope_drop=0, return_=0):
        sweep()
        assert [sweep().failed, sweep().failed] == [1, 0]
        come_back(performer)
        assert (status_of(item_id), state_of(performer)) == ("started", State.PERFORMING)
        close(owner_connection, viewer, closed=False)
        forget_failures(owner_connection)
        sweep()
    assert (status_of(item_id), tokens_of(viewer)) == ("refunded", (10_000, 0))


def test_a_head_that_cannot_be_given_back_stays_and_she_stays_in_the_line(
    performer: Performer, viewer: Viewer, owner_connection: Connection
) -> None:
    come_back(performer)
    with limits(start=0, start_warning=0):
        item_id = bought(viewer, performer)
        close(owner_connection, viewer)
        sweep()
        assert [sweep().failed, sweep().failed] == [1, 0]
        assert (status_of(item_id), state_of(performer)) == ("created", State.IN_QUEUE)
        assert not Notice.objects.filter(key="queue.line.left").exists()
        close(owner_connection, viewer, closed=False)
        forget_failures(owner_connection)
        sweep()
    assert (status_of(item_id), state_of(performer)) == ("refunded", State.IDLE)
    assert Notice.objects.filter(key="queue.line.left").count() == 1


def test_reconcile_blames_nobody_for_a_head_whose_wallet_is_closed(
    performer: Performer, viewer: Viewer, owner_connection: Connection
) -> None:
    bought(viewer, performer)
    with owner_connection.transaction(force_rollback=True):
        owner_connection.execute(LATE_HEADS)
        assert len(owner_connection.execute(NOBODY_SITS_ON_THE_HEAD.sql).fetchall()) == 1
        close(owner_connection, viewer)
        assert owner_connection.execute(NOBODY_SITS_ON_THE_HEAD.sql).fetchall() == []


def test_nothing_else_is_changed_beside_it_by_hand(
    performer: Performer, viewer: Viewer, owner_connection: Connection
) -> None:
    item_id = bought(viewer, performer)
    for change in ("tokens = 5, retry_at = now()", "version = version + 1, retry_at = now()", "tokens = tokens"):
        with pytest.raises(psycopg.errors.CheckViolation):
            owner_connection.execute(f"UPDATE queue_app_queueitem SET {change} WHERE id = %s", [item_id])


def test_what_a_closed_wallet_refused_is_done_once_it_is_open(
    owner_connection: Connection, performer: Performer, viewer: Viewer
) -> None:
    """A refusal that the wallet kept under the item's own key would be the answer to every later end of it."""
    item_id, by = running(viewer, performer, tokens=100), factories.actor(performer)
    close(owner_connection, viewer)
    for _ in range(2):
        with pytest.raises(AccountClosed):
            keyed.finish(by=by, claim=Claim(performer.pk, str(uuid4()), b""), item_id=item_id)
    close(owner_connection, viewer, closed=False)
    finished = keyed.finish(by=by, claim=Claim(performer.pk, str(uuid4()), b""), item_id=item_id, settled=40)
    assert (finished.body["settlement"]["settled"], status_of(item_id)) == (40, "finished")
