"""Background jobs of the ground floor: wake-ups only, what is due stands in the tables."""

from __future__ import annotations

from procrastinate.contrib.django import app

from core.outbox import deliver_due


@app.periodic(cron="* * * * * */5", periodic_id="core.deliver_outbox")
@app.task(name="core.deliver_outbox", queueing_lock="core.deliver_outbox")
def deliver_outbox(timestamp: int) -> None:
    """Deliver what is due, every five seconds."""
    deliver_due()
