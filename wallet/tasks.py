"""What the worker does for the ledger: wake-ups only, what is due stands in the tables."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wallet import services


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="wallet.move_checkpoints")
def move_checkpoints(timestamp: int) -> None:
    """Keep the sums of earned, receivable and house short."""
    services.checkpoint_summed_accounts()
