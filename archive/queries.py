"""What is archived, what is due, what is still open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from archive.models import ArchivedMonth
from archive.months import Month
from archive.parts import PARTS
from wallet.queries import database_now

# Ids are UUIDv7 and begin with the millisecond of their making: the oldest rows stand first in the primary key, where
# min(created_at) would read the whole table. A thousand of them, for those that were made side by side.
FIRST = "SELECT min(created_at) FROM (SELECT created_at FROM wallet_transfer ORDER BY id LIMIT 1000) AS oldest"


def archived(month: Month) -> ArchivedMonth | None:
    """The month's latest edition, where it is archived."""
    return ArchivedMonth.objects.filter(month=month.first_day).order_by("-edition").first()


def due_months() -> list[Month]:
    """Months older than ARCHIVE_AFTER_MONTHS that something moved in before, not archived yet; the oldest first."""
    first = value(FIRST)
    if first is None:
        return []
    last = Month.at(database_now()).plus(-settings.ARCHIVE_AFTER_MONTHS - 1)
    done = set(ArchivedMonth.objects.values_list("month", flat=True))
    month, found = Month.at(first), []
    while month <= last:
        if month.first_day not in done:
            found.append(month)
        month = month.plus(1)
    return found


def open_things(month: Month) -> dict[str, int]:
    """How many rows of which part began in the month and have not ended."""
    counts = {part.name: int(value(part.still_open, **span(month))) for part in PARTS if part.still_open}
    return {name: count for name, count in counts.items() if count}


def span(month: Month) -> dict[str, datetime]:
    """The month's first instant and the next one's."""
    return {"since": month.begins, "until": month.plus(1).begins}


def value(sql: str, **params: datetime) -> Any:  # noqa: ANN401 - whatever the statement answers
    """The one value that a statement answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]
