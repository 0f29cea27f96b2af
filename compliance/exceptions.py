"""Refusals of compliance."""

from __future__ import annotations

from datetime import datetime

from core.exceptions import DomainError

PERIODS = {"daily": "today", "weekly": "this week"}


def instant(details: dict[str, object], name: str) -> datetime | None:
    """The instant that a function of the database told as text; in the details it stands as one from now on."""
    value = details.get(name)
    if isinstance(value, str):
        value = details[name] = datetime.fromisoformat(value)
    return value if isinstance(value, datetime) else None


class SpendingLimitExceeded(DomainError):
    """It would go beyond a limit; details: period, limit, spent (tokens), reset_time (aware datetime)."""

    code = "SPENDING_LIMIT_EXCEEDED"
    status = 409
    title = "Spending limit reached"
    default = "This goes beyond your spending limit. Nothing was charged."

    def __init__(self, message: str = "", **details: object) -> None:
        if not message and instant(details, "reset_time"):
            when = PERIODS[str(details["period"])]
            message = f"Your limit for {when} is {details['limit']:,} tokens; you have spent {details['spent']:,}."
        super().__init__(message, **details)


class SelfExcluded(DomainError):
    """The viewer has shut himself out; details: until (aware datetime)."""

    code = "SELF_EXCLUDED"
    status = 403
    title = "You have excluded yourself"
    default = "You have excluded yourself from spending. Nothing was charged."

    def __init__(self, message: str = "", **details: object) -> None:
        until = instant(details, "until")
        if not message and until is not None:
            message = f"You have excluded yourself from spending until {until:%-d %B %Y, %H:%M} UTC."
        super().__init__(message, **details)


class CannotShortenExclusion(DomainError):
    """It would end before the one that stands; details: until (aware datetime)."""

    code = "CANNOT_SHORTEN_SELF_EXCLUSION"
    status = 409
    title = "Cannot be shortened"
    default = "A self-exclusion can be made longer, never shorter."
    constraints = ("compliance_exclusion_never_shorter",)

    def __init__(self, message: str = "", **details: object) -> None:
        instant(details, "until")
        super().__init__(message, **details)
