"""When: the rules of the wallet that pages, menus and services share."""

from __future__ import annotations

from django.conf import settings

from core.exceptions import DomainError, InsufficientBalance, ValidationFailed

MAX_TOKENS = 1_000_000_000


def check_tokens(tokens: int, attr: str = "tokens") -> None:
    """Raises ValidationFailed unless it is a positive whole number that the ledger moves in one piece."""
    if isinstance(tokens, bool) or not isinstance(tokens, int) or not 1 <= tokens <= MAX_TOKENS:
        raise ValidationFailed.of(attr, "out_of_range", f"Give a whole number of tokens from 1 to {MAX_TOKENS}.")


def check_text(value: str, attr: str) -> None:
    """Raises ValidationFailed where a key, reason or outside id does not fit its column."""
    if len(value) > 255 or "\x00" in value:
        raise ValidationFailed.of(attr, "too_long", "Give 255 characters at most.")


def check_can_request_payout(earned: int) -> None:
    """Raises InsufficientBalance, with its reason, while the earnings are below the minimum of a payout."""
    minimum = settings.PAYOUT_MINIMUM_TOKENS
    if earned < minimum:
        raise InsufficientBalance(
            f"A payout needs at least {minimum:,} tokens; you have {earned:,}.",
            required=minimum,
            available=earned,
        )


def can_request_payout(earned: int) -> bool:
    """Whether a payout can be requested now."""
    try:
        check_can_request_payout(earned)
    except DomainError:
        return False
    return True
