"""What the worker does for the ledger: wake-ups only, what is due stands in the tables."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wallet import services


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="wallet.expire_holds")
def expire_holds(timestamp: int) -> None:
    """Give back the tokens of holds whose time is over, every five seconds."""
    services.expire_due_holds()


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="wallet.move_checkpoints")
def move_checkpoints(timestamp: int) -> None:
    """Keep the sums of earned, receivable and house short."""
    services.checkpoint_summed_accounts()
