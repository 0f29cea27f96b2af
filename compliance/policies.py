"""When: the bounds of what a viewer may set for himself, and the house's limits for games of chance."""

from __future__ import annotations

from collections.abc import Mapping

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


def check_days(days: int) -> None:
    """Raises ValidationFailed unless it is 1 day to 5 years."""
    if isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        raise ValidationFailed.of("days", "out_of_range", f"Give a number of days from 1 to {MOST_DAYS}.")
