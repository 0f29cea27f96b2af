"""The history of a wallet: page by page, or whole from one snapshot. Always one owner's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, Sum

from wallet.fields import CurrentTransaction, VisibleIn
from wallet.hooks import bookings_of
from wallet.models import Account, Transfer
from wallet.queries import OWN_KINDS
from wallet.words import counterparty_of

COLUMNS = (
    "id",
    "code",
    "amount",
    "debit_account_id",
    "credit_account_id",
    "debit_account__kind",
    "credit_account__kind",
    "hold_id",
    "group_id",
    "reason",
    "created_at",
)
NEWEST_FIRST = ("-created_at", "-id")
OLDEST_FIRST = ("created_at", "id")
BATCH = 1000

# The floor of the epoch we are in; or, until its first seal, when the one before it was ended.
_SNAPSHOT = """
SELECT pg_current_snapshot()::text, seal.floor_id,
       CASE WHEN seal.upto_xid = '18446744073709551615' THEN seal.sealed_at END
FROM (VALUES (1)) AS one LEFT JOIN LATERAL (
  SELECT floor_id, upto_xid, sealed_at FROM wallet_seal ORDER BY id DESC LIMIT 1) AS seal ON true
"""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement as its owner sees it: a side that is not hers is None, and `counterparty` says whose it is.

    `change` is what it did to all she has: tokens held are still hers, tokens paid out are not.
    """

    id: UUID
    kind: str
    tokens: int
    change: int
    source: str | None
    target: str | None
    counterparty: str | None
    hold_id: UUID | None
    queue_item_id: UUID | None
    group_id: UUID
    reason: str
    created_at: datetime

    @property
    def direction(self) -> str:
        """`in`, `out`, or `within` where it stays hers."""
        return "in" if self.change > 0 else "out" if self.change < 0 else "within"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place between two rows of the history; `newer` looks towards the present."""

    created_at: datetime
    id: UUID
    newer: bool = False


@dataclass(frozen=True, slots=True)
class TransactionPage:
    """A page, newest first, and the marks of its neighbours where there are any."""

    items: list[Transaction]
    older: Mark | None
    newer: Mark | None


@dataclass(frozen=True, slots=True)
class TransactionFilter:
    """Which movements: their codes, and from (included) to (excluded)."""

    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A movement, and all that its owner had after it."""

    transaction: Transaction
    balance: int


EVERYTHING = TransactionFilter()


def transactions_of(
    owner_id: UUID, wanted: TransactionFilter = EVERYTHING, *, at: Mark | None = None, limit: int = 20
) -> TransactionPage:
    """The owner's movements, newest first, one page. Three statements, however long the history is."""
    accounts = accounts_of(owner_id)
    if not accounts:
        return TransactionPage([], None, None)
    order = OLDEST_FIRST if at is not None and at.newer else NEWEST_FIRST
    found = _walk(accounts, _within(wanted) & _beyond(at), order, limit + 1)
    return _page(found, at, limit)


def statement_of(owner_id: UUID, wanted: TransactionFilter = EVERYTHING) -> Iterator[StatementLine]:
    """The owner's movements, oldest first, all of one snapshot, read a thousand at a time.

    The snapshot is kept by its number, not by a transaction: however slowly the lines are taken, nothing in the
    database waits for it, and between two batches the connection is back in its pool. Two statements a batch, and four.
    """
    accounts, seen = accounts_of(owner_id), _seen_now()
    balance = _opening(accounts, wanted.since, seen)
    span = _within(replace(wanted, kinds=())) & seen
    at: Mark | None = None
    while accounts:
        batch = _walk(accounts, span & _beyond(at), OLDEST_FIRST, BATCH)
        _give_back()
        for entry in batch:
            balance += entry.change
            if not wanted.kinds or entry.kind in wanted.kinds:
                yield StatementLine(entry, balance)
        if len(batch) < BATCH:
            return
        at = Mark(batch[-1].created_at, batch[-1].id, newer=True)


def accounts_of(owner_id: UUID) -> dict[UUID, str]:
    """The owner's accounts and their kinds; what she owes is not among them."""
    return dict(Account.objects.filter(owner_id=owner_id, kind__in=OWN_KINDS).values_list("id", "kind"))


def _walk(accounts: dict[UUID, str], chosen: Q, order: tuple[str, str], limit: int) -> list[Transaction]:
    """One short walk along an index for each account and side; a movement between two own accounts is found twice."""
    sides = [
        Transfer.objects.filter(chosen, **{side: account}).order_by(*order)[:limit].values_list(*COLUMNS)
        for account in accounts
        for side in ("debit_account_id", "credit_account_id")
    ]
    rows = list(sides[0].union(*sides[1:]).order_by(*order)[:limit])
    bookings = bookings_of(row[COLUMNS.index("hold_id")] for row in rows)
    return [_as_owner_sees(row, accounts, bookings) for row in rows]


def _within(wanted: TransactionFilter) -> Q:
    chosen = Q(code__in=wanted.kinds) if wanted.kinds else Q()
    if wanted.since is not None:
        chosen &= Q(created_at__gte=wanted.since)
    if wanted.until is not None:
        chosen &= Q(created_at__lt=wanted.until)
    return chosen


def _beyond(at: Mark | None) -> Q:
    """Rows on the wanted side of a mark; the first half is what the index is walked by, the second breaks ties."""
    if at is None:
        return Q()
    if at.newer:
        return Q(created_at__gte=at.created_at) & (Q(created_at__gt=at.created_at) | Q(id__gt=at.id))
    return Q(created_at__lte=at.created_at) & (Q(created_at__lt=at.created_at) | Q(id__lt=at.id))


def _page(found: list[Transaction], at: Mark | None, limit: int) -> TransactionPage:
    more, items = len(found) > limit, found[:limit]
    if not items:
        return TransactionPage([], None, None)
    looking_newer = at is not None and at.newer
    if looking_newer:
        items.reverse()
    has_older = more or looking_newer
    has_newer = more if looking_newer else at is not None
    return TransactionPage(
        items,
        older=Mark(items[-1].created_at, items[-1].id) if has_older else None,
        newer=Mark(items[0].created_at, items[0].id, newer=True) if has_newer else None,
    )


def _as_owner_sees(row: tuple[Any, ...], accounts: dict[UUID, str], bookings: dict[UUID, UUID]) -> Transaction:
    number, code, tokens, debit, credit, debit_kind, credit_kind, hold, group, reason, created_at = row
    other = credit_kind if credit not in accounts else debit_kind if debit not in accounts else None
    return Transaction(
        id=number,
        kind=code,
        tokens=tokens,
        change=tokens * ((credit in accounts) - (debit in accounts)),
        source=accounts.get(debit),
        target=accounts.get(credit),
        counterparty=None if other is None else counterparty_of(other),
        hold_id=hold,
        queue_item_id=bookings.get(hold),
        group_id=group,
        reason=reason,
        created_at=created_at,
    )


def _give_back() -> None:
    """The connection to its pool, but for a caller's who is in a transaction."""
    if not connection.in_atomic_block:
        connection.close()


def _seen_now() -> Q:
    """What the present snapshot sees, and this transaction's own. Transaction ids begin anew with an epoch (after a
    restore), so that what is of an earlier one is known by where that one ended."""
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT)
        snapshot, floor, ended_at = cursor.fetchone()
    seen = Q(VisibleIn(snapshot)) | Q(created_xid=CurrentTransaction())
    if ended_at is not None:
        return seen | Q(created_at__lte=ended_at)
    return seen if floor is None else seen | Q(id__lte=floor)


def _opening(accounts: dict[UUID, str], since: datetime | None, seen: Q) -> int:
    """All that she had just before the first line."""
    if since is None:
        return 0
    before = Transfer.objects.filter(seen, created_at__lt=since)
    credits, debits = (
        int(before.filter(**{f"{side}__in": list(accounts)}).aggregate(tokens=Sum("amount", default=0))["tokens"])
        for side in ("credit_account_id", "debit_account_id")
    )
    return credits - debits
