"""Every read of the wallet: typed results, a bounded number of statements. Here: what lies where now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import BigIntegerField, Case, F, Func, QuerySet, When
from django.db.models.functions import Now

from core.sql import call_value
from wallet.models import Account
from wallet.states import SUMMED_KINDS, AccountKind

OWN_KINDS = (AccountKind.AVAILABLE, AccountKind.ESCROW, AccountKind.EARNED, AccountKind.PAYOUT_PENDING)
EVERY_KIND = (*OWN_KINDS, AccountKind.RECEIVABLE)

_READ_VERIFIED = """
SELECT statement_timestamp(), EXISTS (SELECT FROM accounts_performer WHERE user_id = %s AND verified_at IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class Balance:
    """What an owner has and owes, in whole tokens. `version` counts a viewer's committed changes; sums carry none."""

    available: int
    escrow: int
    earned: int
    payout_pending: int
    owed: int
    verified: bool
    as_of: datetime
    version: int


def balance_of(owner_id: UUID) -> Balance:
    """What the owner has now; zeros where no account was opened yet. One statement, two without accounts."""
    rows = list(
        with_tokens(Account.objects.filter(owner_id=owner_id, kind__in=EVERY_KIND))
        .annotate(read_at=Now())
        .values_list("kind", "tokens", "revision", "owner__performer__verified_at", "read_at")
    )
    if not rows:
        return _nothing_yet(owner_id)
    held = {kind: tokens for kind, tokens, *_ in rows}
    return Balance(
        available=held.get(AccountKind.AVAILABLE, 0),
        escrow=held.get(AccountKind.ESCROW, 0),
        earned=held.get(AccountKind.EARNED, 0),
        payout_pending=held.get(AccountKind.PAYOUT_PENDING, 0),
        owed=-held.get(AccountKind.RECEIVABLE, 0),
        verified=any(verified_at is not None for *_, verified_at, _ in rows),
        as_of=rows[0][4],
        version=sum(revision for _, _, revision, *_ in rows),
    )


def _nothing_yet(owner_id: UUID) -> Balance:
    """Zeros: no account was opened. Staff may have verified her all the same."""
    with connection.cursor() as cursor:
        cursor.execute(_READ_VERIFIED, [owner_id])
        as_of, verified = cursor.fetchone()
    return Balance(0, 0, 0, 0, 0, verified, as_of, 0)


def with_tokens(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """The accounts with `tokens`: the balance in the row, or for summed kinds the sum."""
    summed = When(kind__in=SUMMED_KINDS, then=Func(F("id"), function="wallet_summed_balance"))
    return accounts.annotate(tokens=Case(summed, default=F("balance"), output_field=BigIntegerField()))


def payable_of(performer_id: UUID) -> int:
    """What a performer may be paid: earned less owed; 0 where no account was opened. One statement."""
    return int(call_value("wallet_payable", performer=performer_id))


def prize_fund() -> int:
    """What the prize fund holds, all its slices; one statement."""
    return sum(Account.objects.filter(kind=AccountKind.PRIZE).values_list("balance", flat=True))


def database_now() -> datetime:
    """The database's clock, which decides."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]  # the cursor is untyped
