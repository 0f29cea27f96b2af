"""What the worker does for the hash chains."""

from __future__ import annotations

from procrastinate.contrib.django import app

from audit import services
from audit.chains import CHAINS


@app.periodic(cron="* * * * * */20")
@app.task(queueing_lock="audit.seal")
def seal(timestamp: int) -> None:
    """Seal what was recorded, in every chain; every 20 seconds, so that nothing stays open for a minute."""
    for chain in CHAINS:
        services.seal(chain)
