"""What the worker does for the queue: a second pair of hands, for the moments in which the sweeper is away."""

from __future__ import annotations

from procrastinate.contrib.django import app

from queue_app import sweeping


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="queue_app.sweep")
def sweep(timestamp: int) -> None:
    """Work off what is due, every five seconds. Owns no deadline: those stand in the tables."""
    sweeping.sweep()
