"""Jobs of workers that died come back, whatever else waits."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from core.jobs import SILENT_SECONDS, rescue_stalled
from tests.support.database import Connection

LOCK = "queue_app.sweep"


def job(owner: Connection, status: str, worker: int | None = None, lock: str | None = LOCK) -> int:
    """A job of a worker (None: of one that is gone) in this status; its id."""
    row = owner.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status, worker_id)"
        " VALUES ('default', 'queue_app.tasks.sweep', %s, %s, %s) RETURNING id",
        [lock, status, worker],
    ).fetchone()
    assert row is not None
    return int(str(row[0]))


def worker(owner: Connection, silent_seconds: int) -> int:
    """A worker that was heard so long ago."""
    row = owner.execute(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
        [silent_seconds],
    ).fetchone()
    assert row is not None
    return int(str(row[0]))


def status_of(job_id: int) -> str:
    """Where it stands."""
    return str(ProcrastinateJob.objects.get(pk=job_id).status)


@pytest.mark.threads
def test_a_silent_workers_job_waits_again(owner_connection: Connection) -> None:
    stalled = job(owner_connection, "doing", worker(owner_connection, SILENT_SECONDS + 5))

    assert rescue_stalled() == 1

    assert status_of(stalled) == "todo"


@pytest.mark.threads
def test_a_living_workers_job_is_left_to_it(owner_connection: Connection) -> None:
    running = job(owner_connection, "doing", worker(owner_connection, 0))

    assert rescue_stalled() == 0

    assert status_of(running) == "doing"


@pytest.mark.threads
def test_where_its_twin_waits_already_the_twin_does_the_work_and_the_others_come_back(
    owner_connection: Connection,
) -> None:
    stalled, twin, other = (
        job(owner_connection, "doing"),
        job(owner_connection, "todo"),
        job(owner_connection, "doing", lock=None),
    )

    rescue_stalled()

    assert [status_of(one) for one in (stalled, twin, other)] == ["failed", "todo", "todo"]
