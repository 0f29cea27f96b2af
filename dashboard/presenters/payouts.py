"""Payouts and the wallet's verification on the screen."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.conf import settings

from core.exceptions import DomainError
from payouts.policies import check_can_request_payout, check_open
from payouts.queries import PayoutView, Standing, VerificationView
from payouts.states import Status, VerificationStatus

#: Word, icon and what it means, by status.
STATUSES: Mapping[str, tuple[str, str, str]] = {
    Status.REQUESTED: ("Requested", "clock", "Our staff look at it."),
    Status.APPROVED: ("Approved", "check", "It will be sent next."),
    Status.SENT: ("Sent", "arrow-up", "It is on its way to you."),
    Status.PAID: ("Paid", "coins", "It has arrived."),
    Status.REJECTED: ("Rejected", "ban", "The tokens are back in your earnings."),
    Status.FAILED: ("Failed", "alert", "It came back; the tokens are in your earnings again."),
}
WISHES: Mapping[str, tuple[str, str]] = {
    "none": ("Not verified", "Ask our staff to verify your wallet before your first payout."),
    VerificationStatus.PENDING: ("Being verified", "Our staff look at it. You will see their answer here."),
    VerificationStatus.APPROVED: ("Verified", "Payouts can be sent to you."),
    VerificationStatus.REJECTED: ("Not verified", "Our staff did not verify your wallet. You may ask again."),
    VerificationStatus.WITHDRAWN: ("Not verified", "Our staff withdrew the verification. You may ask again."),
}


@dataclass(frozen=True, slots=True)
class PayoutRow:
    """One payout."""

    id: UUID
    tokens: int
    status: str
    word: str
    icon: str
    hint: str
    worth: str
    steps: tuple[tuple[str, datetime], ...]

    @property
    def at(self) -> datetime:
        """When it took its last step."""
        return self.steps[-1][1]


@dataclass(frozen=True, slots=True)
class VerificationLine:
    """Whether staff have verified the wallet."""

    status: str
    word: str
    hint: str
    verified: bool
    can_ask: bool


@dataclass(frozen=True, slots=True)
class PayoutsCard:
    """The form, or why there is none now, and the latest payouts."""

    reason: str
    least: int
    most: int
    rows: tuple[PayoutRow, ...]
    verification: VerificationLine


def payouts_card(
    flags: Set[str], standing: Standing, payouts: list[PayoutView], verification: VerificationView
) -> PayoutsCard:
    """Everything about a performer's payouts."""
    return PayoutsCard(
        reason=refusal_words(flags, standing),
        least=settings.PAYOUT_MINIMUM_TOKENS,
        most=standing.payable,
        rows=tuple(_row(payout) for payout in payouts),
        verification=_line(verification),
    )


def refusal_words(flags: Set[str], standing: Standing) -> str:
    """The very refusal that a request would meet now; nothing where it would be taken."""
    try:
        check_open(flags)
        check_can_request_payout(standing)
    except DomainError as refusal:
        return refusal.message
    return ""


def _row(payout: PayoutView) -> PayoutRow:
    word, icon, hint = STATUSES[payout.status]
    return PayoutRow(
        id=payout.request_id,
        tokens=payout.amount,
        status=payout.status,
        word=word,
        icon=icon,
        hint=hint,
        worth=worth(payout.amount, payout.rate, payout.currency),
        steps=tuple((STATUSES[step.status][0], step.at) for step in payout.steps),
    )


def worth(tokens: int, rate: Decimal | None, currency: str) -> str:
    """What the tokens are worth at the rate of the approval, in whole cents; nothing before it."""
    return "" if rate is None else f"{tokens * rate:,.2f} {currency}"


def _line(verification: VerificationView) -> VerificationLine:
    status = VerificationStatus.APPROVED.value if verification.verified else verification.status
    word, hint = WISHES[status]
    can_ask = not verification.verified and verification.status != VerificationStatus.PENDING
    return VerificationLine(status, word, hint, verification.verified, can_ask)
