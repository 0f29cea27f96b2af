"""What the worker does for the ledger: wake-ups only, what is due stands in the tables."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wallet import services


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="wallet.move_checkpoints")
def move_checkpoints(timestamp: int) -> None:
    """Keep the sums of earned, receivable and house short."""
    services.checkpoint_summed_accounts()


@app.periodic(cron="23 3 * * *")
@app.task(queueing_lock="wallet.forget_refusals")
def forget_refusals(timestamp: int) -> None:
    """Forget refusals whose time is over, every night."""
    services.forget_old_refusals()
