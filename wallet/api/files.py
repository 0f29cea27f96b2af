"""The statement as a file: CSV, written as it is read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice

from rest_framework.renderers import BaseRenderer

from wallet.queries.statements import BATCH, StatementLine, TransactionFilter
from wallet.words import FORMULA, kind_words, reason_words

COLUMNS = (
    "at",
    "kind",
    "what",
    "direction",
    "tokens",
    "change",
    "from",
    "to",
    "counterparty",
    "hold",
    "queue_item",
    "group",
    "reason",
    "balance_after",
    "id",
)


class CsvRenderer(BaseRenderer):
    """Lets a client ask for text/csv; what is answered is a stream already."""

    media_type = "text/csv"
    format = "csv"


def written(lines: Iterable[StatementLine]) -> Iterator[str]:
    """The file in pieces: the header at once, then as many lines as were read together."""
    yield _text([COLUMNS])
    left = iter(lines)
    while some := list(islice(left, BATCH)):
        yield _text(_cells(line) for line in some)


def file_name(wanted: TransactionFilter) -> str:
    """A name that says which span it is of."""
    bounds = [f"{word}-{at:%Y%m%dT%H%M%SZ}" for word, at in (("from", wanted.since), ("to", wanted.until)) if at]
    return "-".join(["transactions", *bounds]) + ".csv"


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _cells(line: StatementLine) -> tuple[object, ...]:
    entry = line.transaction
    return (
        entry.created_at.isoformat().replace("+00:00", "Z"),
        entry.kind,
        kind_words(entry.kind),
        entry.direction,
        entry.tokens,
        entry.change,
        entry.source,
        entry.target,
        entry.counterparty,
        entry.hold_id,
        entry.queue_item_id,
        entry.group_id,
        safe(reason_words(entry.reason)),
        line.balance,
        entry.id,
    )


def _text(rows: Iterable[Iterable[object]]) -> str:
    page = StringIO(newline="")
    csv.writer(page).writerows(rows)
    return page.getvalue()
