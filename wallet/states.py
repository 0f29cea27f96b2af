"""The choices of the ledger: kinds of account, codes of transfers, states of holds."""

from __future__ import annotations

from django.db import models


class AccountKind(models.TextChoices):
    """Who holds what. Live kinds keep a balance in their row; summed kinds are added up."""

    AVAILABLE = "available", "Available"
    ESCROW = "escrow", "In escrow"
    PAYOUT_PENDING = "payout_pending", "Payout pending"
    PRIZE = "prize", "Prize fund"
    EARNED = "earned", "Earned"
    RECEIVABLE = "receivable", "Receivable"
    HOUSE = "house", "House"


LIVE_KINDS = (AccountKind.AVAILABLE, AccountKind.ESCROW, AccountKind.PAYOUT_PENDING, AccountKind.PRIZE)
SUMMED_KINDS = (AccountKind.EARNED, AccountKind.RECEIVABLE, AccountKind.HOUSE)
OWNERLESS_KINDS = (AccountKind.HOUSE, AccountKind.PRIZE)
PRIZE_SLICES = 16


class TransferCode(models.TextChoices):
    """Why a movement was made."""

    FUND = "fund", "Tokens credited"
    HOLD = "hold", "Tokens held"
    SETTLE = "settle", "Paid to the performer"
    REFUND = "refund", "Tokens given back"
    REVERSAL = "reversal", "Correction"
    SHORTFALL = "shortfall", "Booked to receivable"
    PAYOUT_RESERVE = "payout_reserve", "Reserved for a payout"
    PAYOUT_PAY = "payout_pay", "Paid out"
    PAYOUT_RETURN = "payout_return", "Payout given back"
    PRIZE_FUND = "prize_fund", "Prize fund filled"
    PRIZE_TAKE = "prize_take", "Surplus of the prize fund"
    ADJUST = "adjust", "Corrected by staff"
    REPAYMENT = "repayment", "Repaid from earnings"


class HoldState(models.TextChoices):
    """A hold is resolved once and never again."""

    HELD = "held", "Held"
    SETTLED = "settled", "Settled"
    PARTIALLY_SETTLED = "partially_settled", "Partly settled"
    REFUNDED = "refunded", "Refunded"
    EXPIRED = "expired", "Expired"


# A hold has one step in its life; where to is decided by what is settled of it.
TRANSITIONS: dict[HoldState, frozenset[HoldState]] = {
    HoldState.HELD: frozenset({HoldState.SETTLED, HoldState.PARTIALLY_SETTLED, HoldState.REFUNDED, HoldState.EXPIRED}),
    HoldState.SETTLED: frozenset(),
    HoldState.PARTIALLY_SETTLED: frozenset(),
    HoldState.REFUNDED: frozenset(),
    HoldState.EXPIRED: frozenset(),
}
