"""Background jobs of the ground floor: wake-ups only, what is due stands in the tables."""

from __future__ import annotations

from procrastinate.contrib.django import app

from core.idempotency import forget_old_keys
from core.outbox import deliver_due


@app.periodic(cron="* * * * * */5", periodic_id="core.deliver_outbox")
@app.task(name="core.deliver_outbox", queueing_lock="core.deliver_outbox")
def deliver_outbox(timestamp: int) -> None:
    """Deliver what is due, every five seconds."""
    deliver_due()


@app.periodic(cron="7 * * * *", periodic_id="core.forget_old_keys")
@app.task(name="core.forget_old_keys", queueing_lock="core.forget_old_keys")
def forget_keys(timestamp: int) -> None:
    """Forget the answers whose time is over, every hour."""
    forget_old_keys()
