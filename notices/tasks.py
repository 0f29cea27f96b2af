"""What the worker does about notices."""

from __future__ import annotations

from procrastinate.contrib.django import app

from notices import services


@app.periodic(cron="41 * * * *")
@app.task(queueing_lock="notices.forget_old")
def forget_old(timestamp: int) -> None:
    """Forget what was told long ago, every hour."""
    services.forget_old_notices()
