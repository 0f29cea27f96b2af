"""When a payout or a verification may be asked for: the rules that pages, menus and services share.

The SQL function decides, under the lock; these tell the same refusal beforehand, in the same order.
"""

from __future__ import annotations

from collections.abc import Set
from decimal import Decimal

from django.conf import settings

from core.exceptions import FeatureDisabled, InsufficientBalance, RateLimitExceeded, ValidationFailed
from payouts.exceptions import WalletNotVerified
from payouts.queries import Standing
from wallet.policies import check_tokens

FLAG = "payouts"
RATE_PLACES = 6
RATE_MOST = Decimal(1_000_000)


def check_open(flags: Set[str]) -> None:
    """Raises FeatureDisabled where payouts are not open for the account."""
    if FLAG not in flags:
        raise FeatureDisabled("Payouts are not open yet.")


def check_can_request_payout(standing: Standing) -> None:
    """Raises RateLimitExceeded, WalletNotVerified or InsufficientBalance (below the minimum), in this order."""
    if standing.free_at is not None:
        raise RateLimitExceeded.until(standing.free_at, standing.free_seconds)
    if not standing.verified:
        raise WalletNotVerified()
    check_payable(standing.payable)


def check_payable(payable: int) -> None:
    """Raises InsufficientBalance, with its reason, while earnings less what is owed are below a payout's minimum."""
    minimum = settings.PAYOUT_MINIMUM_TOKENS
    if payable < minimum:
        raise too_little(minimum, payable)


def too_little(required: int, available: int) -> InsufficientBalance:
    """The refusal of a payout that the earnings do not cover."""
    return InsufficientBalance(
        f"A payout needs at least {required:,} tokens; you have {available:,}."
        if required == settings.PAYOUT_MINIMUM_TOKENS
        else f"You may ask for {available:,} tokens, {required - available:,} fewer than you ask for.",
        required=required,
        available=available,
    )


def check_amount(amount: int) -> None:
    """Raises ValidationFailed unless it is an amount the ledger moves; whether it is enough the service decides."""
    check_tokens(amount, "amount")


def check_rate(rate: Decimal | None) -> None:
    """Raises ValidationFailed unless it is empty (the setting's) or a positive number of at most six places."""
    if rate is not None and not (rate.is_finite() and 0 < rate <= RATE_MOST and rate == round(rate, RATE_PLACES)):
        raise ValidationFailed.of("rate", "out_of_range", "Give a positive number with at most six places.")
