"""What the worker does about sign-ins."""

from __future__ import annotations

from procrastinate.contrib.django import app

from accounts import services


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="accounts.end_overdue_sign_ins")
def end_overdue_sign_ins(timestamp: int) -> None:
    """End what has been idle or open too long. (It is refused at once anyway; this closes its sockets.)"""
    services.end_overdue_sign_ins()


@app.periodic(cron="17 4 * * *")
@app.task(queueing_lock="accounts.sweep_expired")
def sweep_expired(timestamp: int) -> None:
    """Forget tokens, tickets, sessions and failed attempts that can matter no more."""
    services.sweep_expired()
