"""Months of the past: rows made today and put back in time by the tables' owner."""

from __future__ import annotations

from pathlib import Path

from accounts.models import Performer
from archive.models import ArchivedMonth
from archive.months import Month
from archive.services import archive_month
from core.actors import SYSTEM
from tests import factories
from tests.adjustments.support import propose
from tests.queue_app.support import bought, come, rich, running
from tests.queue_app.test_reversal import finished, take_back
from tests.support.database import Connection
from wallet.queries import database_now

TABLES = {
    "wallet_transfer": ("created_at",),
    "wallet_hold": ("created_at", "resolved_at"),
    "wallet_account": ("created_at",),
    "queue_app_queueitem": ("created_at", "started_at", "finished_at", "abandoned_at", "refunded_at", "reversed_at"),
    "queue_app_queueevent": ("at",),
}


def trade() -> None:
    """A bit of everything that ends: paid, in part, given back, taken back, corrected."""
    from queue_app import services

    performer, viewer = come(factories.performer()), rich(factories.viewer())
    for _ in range(3):
        finished(viewer, performer, tokens=50)
        come_again(performer)
    services.cancel(by=factories.actor(viewer), item_id=bought(viewer, performer))
    services.finish(by=factories.actor(performer), item_id=running(viewer, performer), settled=60, refunded=40)
    come_again(performer)
    take_back(finished(viewer, performer))
    propose(factories.staff(), viewer, 100)


def come_again(performer: Performer) -> None:
    """Back in the line after a performance."""
    from modelstate import services as states

    states.join_line(by=factories.actor(performer), performer_id=performer.pk)


def put_back(owner: Connection, months: int) -> Month:
    """Everything that is there happened so many months ago; which month that was."""
    for table, columns in TABLES.items():
        moved = ", ".join(f"{column} = {column} - make_interval(months => {months})" for column in columns)
        with owner.transaction():
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(f"UPDATE {table} SET {moved}")
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    row = owner.execute("SELECT max(created_at) FROM wallet_transfer").fetchone()
    assert row is not None
    return Month.at(row[0])  # type: ignore[arg-type]  # a time


def export(month: Month) -> ArchivedMonth:
    """Archive it, and look at nobody's progress."""
    return archive_month(by=SYSTEM, month=month, progress=quiet)


def quiet(_part: str, _done: int, _total: int) -> None:
    """Nobody looks at the progress."""


def this_month() -> Month:
    """The month we are in."""
    return Month.at(database_now())


def flip(path: Path, place: int) -> None:
    """Change one byte of a file."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(bytes(content))
