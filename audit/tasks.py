"""What the worker does for the audit log."""

from __future__ import annotations

from procrastinate.contrib.django import app

from audit import services


@app.periodic(cron="* * * * * */20")
@app.task(queueing_lock="audit.seal")
def seal(timestamp: int) -> None:
    """Seal what was recorded; every 20 seconds, so that nothing stays open for a minute."""
    services.seal()
