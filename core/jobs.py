"""Jobs whose worker has died in the middle. Nothing but this brings them back (docs/adr/0018)."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status

#: A worker says every ten seconds that it lives.
SILENT_SECONDS = 20


def rescue_stalled() -> int:
    """Give the jobs of silent workers back to the queue; how many. Each task may run twice and must not mind."""
    return async_to_sync(_rescue)()


async def _rescue() -> int:
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_SECONDS))
    for job in stalled:
        await _give_back(job)
    return len(stalled)


async def _give_back(job: Job) -> None:
    """Back to the queue; where one under the same queueing lock waits there already, that one does the work."""
    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
