"""What an owner had at an instant of the past, from the movements alone.

A movement is dated at the start of the statement that made it, and is there for others once its transaction has
committed. An instant at which nothing of the owner's was on its way is therefore told exactly as everybody saw it; what
was on its way counts from its date on, moments before it could be seen. The application's statements end within five
seconds, so that an instant older than that, and than every transaction still at work, never changes again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from core.exceptions import ValidationFailed
from wallet.hooks import was_verified
from wallet.models import Account, Transfer
from wallet.queries import EVERY_KIND, database_now
from wallet.states import AccountKind


@dataclass(frozen=True, slots=True)
class PastBalance:
    """What an owner had, in whole tokens; `receivable` is what a performer owed, below zero.

    It carries no version: those count what is now."""

    available: int
    escrow: int
    earned: int
    payout_pending: int
    receivable: int
    verified: bool
    as_of: datetime
    version: None = None

    @property
    def owed(self) -> int:
        """What a performer owed."""
        return -self.receivable


def check_past(at: datetime, attr: str = "at") -> None:
    """Raises ValidationFailed for an instant that the database's clock has not reached. One statement."""
    if at > database_now():
        raise ValidationFailed.of(attr, "in_future", "This instant has not come yet.")


def balance_at(owner_id: UUID, at: datetime) -> PastBalance:
    """The sums of the movements dated up to `at`, that instant included, and whether the wallet was verified then.

    One statement for a viewer, two for a performer.
    """
    accounts = Account.objects.filter(owner_id=owner_id, kind__in=EVERY_KIND)
    tokens = _moved("credit_account_id", at) - _moved("debit_account_id", at)
    held = dict(accounts.annotate(tokens=tokens).values_list("kind", "tokens"))
    only_views = held.keys() == {AccountKind.AVAILABLE, AccountKind.ESCROW}
    verified = not only_views and was_verified(owner_id, at)
    return PastBalance(**{kind.value: held.get(kind, 0) for kind in EVERY_KIND}, verified=verified, as_of=at)


def _moved(side: str, at: datetime) -> Coalesce:
    rows = Transfer.objects.filter(**{side: OuterRef("id")}, created_at__lte=at).order_by()
    return Coalesce(Subquery(rows.values(side).annotate(tokens=Sum("amount")).values("tokens")), 0)
