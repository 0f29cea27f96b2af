"""When: the bounds of what a viewer may set for himself, and the house's limits for games of chance."""

from __future__ import annotations

from collections.abc import Mapping

from compliance.exceptions import SelfExcluded, SpendingLimitExceeded
from compliance.queries import Limit, Limits
from core.exceptions import FieldError, ValidationFailed
from wallet.policies import MAX_TOKENS

PERIODS = ("daily", "weekly")
GAME_LIMITS = {"daily": 2000, "weekly": 10000}  # compliance/sql/allow.sql has the same; a test compares them
MOST_DAYS = 5 * 365 + 1


def check_limits(changes: Mapping[str, int | None]) -> None:
    """Raises ValidationFailed by field unless each limit is a whole number of tokens, or None for no limit."""
    errors = [
        FieldError(period, "out_of_range", f"Give a whole number of tokens from 0 to {MAX_TOKENS}, or nothing.")
        for period, tokens in changes.items()
        if tokens is not None and (isinstance(tokens, bool) or not 0 <= tokens <= MAX_TOKENS)
    ]
    errors += [FieldError(name, "unknown_field", "This field is not known.") for name in set(changes) - set(PERIODS)]
    if errors:
        raise ValidationFailed(errors)


def check_within(limits: Limits, tokens: int) -> None:
    """Raises SelfExcluded or SpendingLimitExceeded where a viewer's own wishes forbid spending so many tokens more.

    The database decides, under his lock (compliance/sql/allow.sql); this tells the same refusal beforehand.
    """
    if limits.excluded_until is not None:
        raise SelfExcluded(until=limits.excluded_until)
    _check_limit("daily", limits.daily, tokens)
    _check_limit("weekly", limits.weekly, tokens)


def _check_limit(period: str, limit: Limit, tokens: int) -> None:
    if limit.tokens is not None and limit.spent + tokens > limit.tokens:
        raise SpendingLimitExceeded(period=period, limit=limit.tokens, spent=limit.spent, reset_time=limit.reset_time)


def check_days(days: int) -> None:
    """Raises ValidationFailed unless it is 1 day to 5 years."""
    if isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise ValidationFailed.of("days", "out_of_range", f"Give a number of days from 1 to {MOST_DAYS}.")
