"""`reconcile` sees when the queue, the states and the ledger no longer agree."""

from __future__ import annotations

import pytest

from accounts.models import Performer, Viewer
from core.invariants import INVARIANTS, findings
from queue_app import health, services
from queue_app.invariants import QUEUE_INVARIANTS
from tests import factories
from tests.queue_app.support import bought, come, rich, running
from tests.support.database import Connection


def broken() -> set[str]:
    """What the queue's invariants say that does not hold."""
    return {f.invariant.says for f in findings() if f.broken and f.invariant in QUEUE_INVARIANTS}


def test_reconcile_checks_them() -> None:
    assert set(QUEUE_INVARIANTS) <= set(INVARIANTS)


@pytest.mark.django_db
def test_nothing_is_broken_by_what_the_queue_does(performer: Performer, viewer: Viewer) -> None:
    services.finish(by=factories.actor(performer), item_id=running(viewer, performer), settled=40)
    services.join(by=factories.actor(performer), performer_id=performer.pk)
    services.cancel(by=factories.actor(viewer), item_id=bought(viewer, performer))
    running(viewer, performer)
    bought(viewer, performer)
    services.save_settings(performer_id=performer.pk, changes={"mode": "OFF"})
    bought(viewer, performer)
    assert broken() == set()


@pytest.mark.parametrize(
    ("table", "tampering", "says"),
    [
        ("queue_app_performerqueue", "UPDATE queue_app_performerqueue SET depth = 7", "depth"),
        ("wallet_hold", "UPDATE wallet_hold SET amount = amount + 1", "hold is held"),
        (
            "queue_app_queueitem",
            "UPDATE queue_app_queueitem SET sequence = 0 WHERE status = 'created'",
            "nobody waits who came before",
        ),
        (
            "queue_app_queueitem",
            "UPDATE queue_app_queueitem SET deadline_at = now() - interval '31 seconds' WHERE status = 'started'",
            "after its deadline",
        ),
        (
            "queue_app_queueitem",
            "UPDATE queue_app_queueitem SET status = 'created', started_at = NULL, deadline_step = 'lifetime'"
            " WHERE status = 'started'",
            "performs exactly while",
        ),
    ],
)
def test_what_was_tampered_with_is_named(
    database_clone: str, owner_connection: Connection, table: str, tampering: str, says: str
) -> None:
    performer, viewer = come(factories.performer()), rich(factories.viewer())
    running(viewer, performer)
    bought(viewer, performer)
    assert broken() == set()
    owner_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    owner_connection.execute(tampering)
    assert any(says in found for found in broken())


def test_a_head_that_nobody_starts_is_named(database_clone: str, owner_connection: Connection) -> None:
    performer, viewer = come(factories.performer()), rich(factories.viewer())
    bought(viewer, performer)

    owner_connection.execute("UPDATE queue_app_performerqueue SET start_by = now() - interval '31 seconds'")

    assert any("should have started" in found for found in broken())
    assert 31 <= health.sweeping().late_seconds < 60
