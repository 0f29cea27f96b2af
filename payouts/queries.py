"""Every read of payouts and verifications: typed results, a bounded number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, QuerySet

from core.exceptions import NotFound
from payouts.models import Payout, Step, Verification
from payouts.states import OPEN, REQUEST_WINDOW_SECONDS, REQUESTS, Status, VerificationStatus
from wallet.queries import payable_of

# The same window as payouts/sql/count_attempt.sql.
_READ_STANDING = """
SELECT performer.verified_at IS NOT NULL, free.at, ceil(extract(epoch FROM free.at - clock_timestamp()))::integer
FROM accounts_performer AS performer LEFT JOIN LATERAL (
  SELECT at + make_interval(secs => %(window)s) AS at FROM payouts_attempt
   WHERE performer_id = performer.user_id AND at > clock_timestamp() - make_interval(secs => %(window)s)
   ORDER BY payouts_attempt.at DESC OFFSET %(limit)s - 1 LIMIT 1) AS free ON true
WHERE performer.user_id = %(performer)s
"""


# Staff's words stand in the audit log, each with its time; before the first of them, and for who never asked, only the
# profile's own date says anything.
_READ_VERIFIED_AT = """
SELECT COALESCE((
  SELECT entry.action = 'verification.approved'
  FROM payouts_verification AS wish JOIN audit_auditentry AS entry
    ON entry.target_type = 'payouts.verification' AND entry.target_id = wish.id::text
  WHERE wish.performer_id = performer.user_id AND entry.created_at <= %(at)s
    AND entry.action IN ('verification.approved', 'verification.withdrawn')
  ORDER BY entry.created_at DESC, entry.id DESC LIMIT 1), performer.verified_at <= %(at)s, false)
FROM accounts_performer AS performer WHERE performer.user_id = %(performer)s
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a payout depends on: tokens earned less owed, whether staff verified the wallet, when an attempt counts."""

    payable: int
    verified: bool
    free_at: datetime | None = None
    free_seconds: int = 0


@dataclass(frozen=True, slots=True)
class StepView:
    """One status that a payout reached, and when."""

    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PayoutView:
    """A payout as its performer sees it: who decided and why is the staff's."""

    request_id: UUID
    amount: int
    status: str
    rate: Decimal | None
    currency: str
    version: int
    created_at: datetime
    ended_at: datetime | None
    steps: tuple[StepView, ...]

    @property
    def open(self) -> bool:
        """Whether it is still on its way."""
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class VerificationView:
    """How a performer's wallet stands with the staff: `status` is none, pending, approved, rejected or withdrawn."""

    verified: bool
    status: str
    asked_at: datetime | None
    decided_at: datetime | None


def standing_of(performer_id: UUID) -> Standing:
    """What a payout of hers depends on now; two statements. Raises NotFound where nobody performs by that id."""
    with connection.cursor() as cursor:
        cursor.execute(_READ_STANDING, {"performer": performer_id, "window": REQUEST_WINDOW_SECONDS, "limit": REQUESTS})
        row = cursor.fetchone()
    if row is None:
        raise NotFound()
    verified, free_at, seconds = row
    return Standing(payable_of(performer_id), verified, free_at, seconds or 0)


def was_verified(performer_id: UUID, at: datetime) -> bool:
    """Whether her wallet was verified at that instant, whatever was decided since; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_READ_VERIFIED_AT, {"performer": performer_id, "at": at})
        row = cursor.fetchone()
    return row is not None and bool(row[0])


def payouts_of(performer_id: UUID) -> QuerySet[Payout]:
    """Her payouts, with their steps by one more statement; the caller orders and cuts them."""
    steps = Prefetch("steps", Step.objects.order_by("version"))
    return Payout.objects.filter(performer_id=performer_id).prefetch_related(steps)


def newest_payouts(performer_id: UUID, limit: int) -> list[PayoutView]:
    """Her latest payouts, the newest first; two statements."""
    return views(payouts_of(performer_id).order_by("-id")[:limit])


def payout_for(performer_id: UUID, payout_id: UUID) -> PayoutView:
    """One payout of hers. Raises NotFound for nobody's and somebody else's."""
    found = views(payouts_of(performer_id).filter(pk=payout_id))
    if not found:
        raise NotFound()
    return found[0]


def open_versions(performer_id: UUID) -> dict[UUID, int]:
    """The versions of her payouts that are on their way; one statement."""
    mine = Payout.objects.filter(performer_id=performer_id, status__in=OPEN)
    return dict(mine.values_list("id", "version"))


def views(rows: Iterable[Payout]) -> list[PayoutView]:
    """Payouts as their performer sees them."""
    return [_view(row) for row in rows]


def _view(row: Payout) -> PayoutView:
    # Two approvals are the staff's affair: she is told of one step.
    steps = [step for step in row.steps.all() if step.from_status != step.to_status]
    return PayoutView(
        request_id=row.pk,
        amount=row.tokens,
        status=row.status,
        rate=row.rate if row.status not in {Status.REQUESTED, Status.REJECTED} else None,
        currency=row.currency if row.status not in {Status.REQUESTED, Status.REJECTED} else "",
        version=row.version,
        created_at=row.created_at,
        ended_at=row.ended_at,
        steps=tuple(StepView(step.to_status, step.at) for step in steps),
    )


def verification_of(performer_id: UUID, *, verified: bool) -> VerificationView:
    """What became of her latest wish; `verified` is the wallet's word, which staff can also give unasked."""
    wish = Verification.objects.filter(performer_id=performer_id).order_by("-asked_at", "-id").first()
    if wish is None:
        return VerificationView(verified, "none", None, None)
    status = wish.status
    if verified and status != VerificationStatus.PENDING:
        status = VerificationStatus.APPROVED.value
    return VerificationView(verified, status, wish.asked_at, wish.decided_at)
