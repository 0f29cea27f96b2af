"""Every read of the wallet: typed results, a bounded number of statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import BigIntegerField, Case, DateTimeField, F, Func, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Now

from wallet.models import Account, Transfer
from wallet.states import SUMMED_KINDS, AccountKind, TransferCode

OWN_KINDS = (AccountKind.AVAILABLE, AccountKind.ESCROW, AccountKind.EARNED, AccountKind.PAYOUT_PENDING)
COLUMNS = (
    "id",
    "code",
    "amount",
    "debit_account_id",
    "credit_account_id",
    "hold_id",
    "group_id",
    "reason",
    "created_at",
)


@dataclass(frozen=True, slots=True)
class Balance:
    """What an owner has, in whole tokens. `version` counts a viewer's committed changes; sums carry none."""

    available: int
    escrow: int
    earned: int
    payout_pending: int
    verified: bool
    as_of: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement as its owner sees it: a side that is not hers is None.

    `change` is what it did to all she has: tokens held are still hers, tokens paid out are not.
    """

    id: UUID
    kind: str
    tokens: int
    change: int
    source: str | None
    target: str | None
    hold_id: UUID | None
    group_id: UUID
    reason: str
    created_at: datetime


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


EVERYTHING = TransactionFilter()


def balance_of(owner_id: UUID) -> Balance:
    """What the owner has now; zeros where no account was opened yet. One statement, two without accounts."""
    rows = list(
        with_tokens(Account.objects.filter(owner_id=owner_id, kind__in=OWN_KINDS))
        .annotate(read_at=Now())
        .values_list("kind", "tokens", "revision", "owner__performer__verified_at", "read_at")
    )
    held = {kind: tokens for kind, tokens, *_ in rows}
    return Balance(
        available=held.get(AccountKind.AVAILABLE, 0),
        escrow=held.get(AccountKind.ESCROW, 0),
        earned=held.get(AccountKind.EARNED, 0),
        payout_pending=held.get(AccountKind.PAYOUT_PENDING, 0),
        verified=any(verified_at is not None for *_, verified_at, _ in rows),
        as_of=rows[0][4] if rows else database_now(),
        version=sum(revision for _, _, revision, *_ in rows),
    )


def with_tokens(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """The accounts with `tokens`: the balance in the row, or for summed kinds the sum."""
    summed = When(kind__in=SUMMED_KINDS, then=Func(F("id"), function="wallet_summed_balance"))
    return accounts.annotate(tokens=Case(summed, default=F("balance"), output_field=BigIntegerField()))


def earned_of(performer_id: UUID) -> int:
    """What a performer has earned and has not been paid yet; 0 where no account was opened. One statement."""
    earned = with_tokens(Account.objects.filter(owner_id=performer_id, kind=AccountKind.EARNED))
    return sum(int(getattr(account, "tokens")) for account in earned)  # noqa: B009 - an annotation, unknown to types


def database_now() -> datetime:
    """The database's clock, which decides."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]  # the cursor is untyped


def earnings_today(performer_id: UUID) -> int:
    """Tokens settled to her since midnight in BUSINESS_TIME_ZONE, less what was reversed of it. One statement."""
    earned = Subquery(Account.objects.filter(owner_id=performer_id, kind=AccountKind.EARNED).values("id"))
    settled = Q(credit_account_id=earned, code=TransferCode.SETTLE)
    reversed_again = Q(debit_account_id=earned, code=TransferCode.REVERSAL)
    zone = Value(settings.BUSINESS_TIME_ZONE)
    midnight = Func(Value("day"), Now(), zone, function="date_trunc", output_field=DateTimeField())
    amount = Case(When(code=TransferCode.SETTLE, then=F("amount")), default=-F("amount"))
    today = Transfer.objects.filter(settled | reversed_again, created_at__gte=midnight)
    return int(today.aggregate(tokens=Sum(amount, default=0))["tokens"])


def transactions_of(
    owner_id: UUID, wanted: TransactionFilter = EVERYTHING, *, at: Mark | None = None, limit: int = 20
) -> TransactionPage:
    """The owner's movements, newest first, one page. Two statements, however long the history is."""
    accounts = dict(Account.objects.filter(owner_id=owner_id, kind__in=OWN_KINDS).values_list("id", "kind"))
    if not accounts:
        return TransactionPage([], None, None)
    order = ("created_at", "id") if at is not None and at.newer else ("-created_at", "-id")
    chosen = Transfer.objects.filter(_within(wanted), _beyond(at)).order_by(*order)
    # One short walk along an index for each account and side; a movement between two own accounts is found twice.
    first, *rest = [
        chosen.filter(**{side: account})[: limit + 1].values_list(*COLUMNS)
        for account in accounts
        for side in ("debit_account_id", "credit_account_id")
    ]
    rows = first.union(*rest).order_by(*order)[: limit + 1]
    return _page([_as_owner_sees(row, accounts) for row in rows], at, limit)


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


def _as_owner_sees(row: tuple[Any, ...], accounts: dict[UUID, str]) -> Transaction:
    number, code, tokens, debit, credit, hold, group, reason, created_at = row
    return Transaction(
        id=number,
        kind=code,
        tokens=tokens,
        change=tokens * ((credit in accounts) - (debit in accounts)),
        source=accounts.get(debit),
        target=accounts.get(credit),
        hold_id=hold,
        group_id=group,
        reason=reason,
        created_at=created_at,
    )
