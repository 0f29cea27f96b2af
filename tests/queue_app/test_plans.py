"""Reads that must stay short however long a history is: each by its index, with the history there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Performer, Viewer
from queue_app import services
from queue_app.past import items_at
from queue_app.queries import open_items_of
from tests import factories
from tests.queue_app.support import bought, come, rich, running
from tests.support.database import Connection
from wallet.queries import database_now

pytestmark = pytest.mark.threads
ITEMS = 20_000
# One finished item, over and over, a minute between two of them; every twentieth is hers.
LONG_AGO = """
INSERT INTO queue_app_queueitem SELECT (jsonb_populate_record(i, jsonb_build_object(
  'performer_id', CASE mod(n, 20) WHEN 0 THEN i.performer_id ELSE gen_random_uuid() END,
  'id', gen_random_uuid(), 'hold_id', gen_random_uuid(), 'source_event_id', n, 'sequence', n + 1000,
  'created_at', i.created_at - make_interval(mins => n), 'started_at', i.started_at - make_interval(mins => n),
  'finished_at', i.finished_at - make_interval(mins => n), 'settlement_transfer_id', gen_random_uuid()))).*
  FROM queue_app_queueitem i, generate_series(1, %s) n WHERE i.status = 'finished'
"""


@pytest.fixture
def performer(database_clone: str) -> Performer:
    """A performer in the line, committed to the clone."""
    return come(factories.performer())


@pytest.fixture
def viewer(performer: Performer, superuser_connection: Connection) -> Viewer:
    """A viewer with a long history with her."""
    viewer = rich(factories.viewer())
    services.finish(by=factories.actor(performer), item_id=running(viewer, performer))
    with superuser_connection.transaction():
        superuser_connection.execute("SET LOCAL session_replication_role = replica")
        superuser_connection.execute(LONG_AGO, [ITEMS])
    superuser_connection.execute("ANALYZE queue_app_queueitem")
    return viewer


def rows_read(read: Callable[[], object], table: str = "queue_app_queueitem") -> tuple[str, int]:
    """The plan of the statement that `read` sends about items, and how many rows it took from the table."""
    with CaptureQueriesContext(
        connection,
    ) as sent:
        read()
    statement = next(one["sql"] for one in sent if f'FROM "{table}"' in one["sql"] and "COUNT(" not in one["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}")
        plan = cursor.fetchone()[0][0]["Plan"]
    return str(plan), _taken(plan)


def _taken(node: dict[str, object]) -> int:
    """Rows that the scans under this node looked at, those they threw away included."""
    below: list[dict[str, object]] = node.get("Plans", [])  # type: ignore[assignment]
    own = 0
    if "Relation Name" in node:
        own = int(str(node["Actual Rows"]).split(".")[0]) + int(str(node.get("Rows Removed by Filter", 0)))
    return own + sum(_taken(one) for one in below)


def test_reads_stay_short_however_long_the_history_is(performer: Performer, viewer: Viewer) -> None:
    bought(viewer, come(performer))
    desk, now = factories.signed_in(factories.staff()), database_now()
    long_ago = now - timedelta(minutes=ITEMS // 2)

    reads = [
        rows_read(lambda: open_items_of(viewer.pk)),
        rows_read(lambda: items_at(performer.pk, now)),
        rows_read(lambda: items_at(performer.pk, long_ago)),
        rows_read(lambda: desk.get(reverse("admin:queue_app_queueitem_changelist"))),
    ]

    by = ["queue_app_open_of_viewer", "queue_app_ended_items", "queue_app_ended_items", "queue_app_items_by_time"]
    assert [index for index, (plan, _taken) in zip(by, reads, strict=True) if index not in plan] == []
    assert [taken <= most for (_plan, taken), most in zip(reads, (2, 10, 10, 500), strict=True)] == [True] * 4
