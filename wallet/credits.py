"""Credits as the billing service knows them: totals, and the comparison with its own list."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, QuerySet, Sum

from core.exceptions import FieldError, ValidationFailed
from wallet.models import Credit
from wallet.policies import MAX_TOKENS
from wallet.states import TransferCode
from wallet.words import FORMULA

COLUMNS = ("externalId", "tokens", "transferId", "viewerId", "createdAt")
MOST_MISTAKES = 20
#: The last day that a list may be of: the day after it has a midnight too.
LAST_DAY = date.max - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many credits there are, and of how many tokens."""

    number: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A payment on which the two lists do not agree; None: it is not on that list."""

    external_id: str
    here: int | None
    there: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Our credits beside the billing's list."""

    agreed: Totals
    missing_here: list[Difference]
    missing_there: list[Difference]
    different: list[Difference]

    @property
    def whole(self) -> bool:
        """Whether both lists say the same."""
        return not (self.missing_here or self.missing_there or self.different)


def credits() -> QuerySet[Credit]:
    """Transfers that credited a payment, with the wallet they went to."""
    paid = Credit.objects.filter(code=TransferCode.FUND).exclude(external_id="")
    return paid.select_related("credit_account__owner")


def totals_of(rows: QuerySet[Credit]) -> Totals:
    """How many rows, how many tokens; one statement."""
    found = rows.order_by().aggregate(number=Count("pk"), tokens=Sum("amount", default=0))
    return Totals(found["number"], int(found["tokens"]))


def csv_lines(rows: QuerySet[Credit]) -> Iterator[str]:
    """The rows as CSV, line by line, however many there are."""
    yield _line(COLUMNS)
    for row in rows.iterator(chunk_size=2000):
        owner = row.credit_account.owner_id
        yield _line((_cell(row.external_id), row.amount, row.pk, owner, row.created_at.isoformat()))


def _line(cells: Iterable[object]) -> str:
    line = StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _cell(text: str) -> str:
    # What it is protected with is taken off again when read.
    return f"'{text}" if _looks_like_formula(text) else text


def _looks_like_formula(text: str) -> bool:
    """Whether a spreadsheet would run it. Apostrophes before it do not count: each protection comes off alone."""
    return text.lstrip("'").startswith(FORMULA)


def read_list(text: str) -> dict[str, int]:
    """The billing's list, lines of `externalId,tokens`, a heading allowed. Raises ValidationFailed, line by line."""
    listed: dict[str, int] = {}
    mistakes: list[FieldError] = []
    for number, cells in enumerate(_lines(text), start=1):
        cells = [cell.strip() for cell in cells]
        if not any(cells) or (number == 1 and cells[:2] == ["externalId", "tokens"]):
            continue
        problem = _problem(cells, listed)
        if problem:
            mistakes.append(FieldError("list", "invalid_line", f"Line {number}: {problem}"))
        else:
            listed[_plain(cells[0])] = int(cells[1])
    if not listed and not mistakes:
        mistakes.append(FieldError("list", "empty", "The list is empty."))
    if mistakes:
        raise ValidationFailed(mistakes[:MOST_MISTAKES])
    return listed


def _lines(text: str) -> Iterator[list[str]]:
    """The list's lines, whatever ends them. Raises ValidationFailed where a cell is too long to be one."""
    try:
        yield from csv.reader(StringIO(text.lstrip("\ufeff"), newline=None))
    except csv.Error:
        raise ValidationFailed.of("list", "malformed", "This is no list: a quotation mark never ends.") from None


def _plain(external_id: str) -> str:
    guarded = external_id[:1] == "'" and _looks_like_formula(external_id)
    return external_id[1:] if guarded else external_id


def _problem(cells: list[str], listed: Mapping[str, int]) -> str:
    if len(cells) < 2 or not 1 <= len(_plain(cells[0])) <= 255 or "\0" in cells[0]:
        return "give the payment's id and its tokens, with a comma between."
    tokens = cells[1]
    if not (tokens.isascii() and tokens.isdecimal() and len(tokens) <= 10 and 1 <= int(tokens) <= MAX_TOKENS):
        return "the tokens are not a whole number."
    return "this payment is listed twice." if _plain(cells[0]) in listed else ""


def compare(listed: Mapping[str, int], since: date, until: date) -> Comparison:
    """The billing's list of these business days (both included) beside our credits; two statements.

    A listed payment is looked for among all credits, ours of these days are looked for in the list.
    """
    here = dict(credits().filter(external_id__in=listed).values_list("external_id", "amount"))
    ours = credits().filter(created_at__gte=_midnight(since), created_at__lt=_midnight(until + timedelta(days=1)))
    unlisted = ours.exclude(external_id__in=listed).order_by("created_at", "id")
    agreed = [tokens for number, tokens in listed.items() if here.get(number) == tokens]
    return Comparison(
        agreed=Totals(len(agreed), sum(agreed)),
        missing_here=[Difference(number, None, tokens) for number, tokens in listed.items() if number not in here],
        missing_there=[
            Difference(number, tokens, None) for number, tokens in unlisted.values_list("external_id", "amount")
        ],
        different=[
            Difference(number, here[number], tokens)
            for number, tokens in listed.items()
            if number in here and here[number] != tokens
        ],
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(settings.BUSINESS_TIME_ZONE))


def business_today() -> date:
    """Today where the business is."""
    return datetime.now(ZoneInfo(settings.BUSINESS_TIME_ZONE)).date()
