"""A viewer's limits on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from compliance.policies import MOST_DAYS, check_within
from compliance.queries import Limit, Limits
from core.exceptions import DomainError

WORD = "EXCLUDE"


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit; `value` is what its field holds: what he wished last, empty without a limit.

    A raise that waits stands in the field, so that saving the other field asks for it again and keeps its time.
    """

    id: str
    label: str
    value: str
    spent: int
    reset_time: datetime
    holds: str
    waits: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class LimitsCard:
    """Both limits, and until when he has shut himself out."""

    rows: tuple[LimitRow, ...]
    excluded_until: datetime | None
    word: str = WORD
    most_days: int = MOST_DAYS


def refusal_words(limits: Limits, tokens: int) -> str:
    """The very refusal that spending so many tokens would meet by his own wishes; nothing where there is none."""
    try:
        check_within(limits, tokens)
    except DomainError as refusal:
        return refusal.message
    return ""


def limits_card(limits: Limits) -> LimitsCard:
    """What the card prints."""
    rows = (_row("daily", "Tokens a day", limits.daily), _row("weekly", "Tokens a week", limits.weekly))
    return LimitsCard(rows, limits.excluded_until)


def _row(name: str, label: str, limit: Limit) -> LimitRow:
    pending = limit.pending
    wished = limit.tokens if pending is None else pending.tokens
    return LimitRow(
        id=name,
        label=label,
        value="" if wished is None else str(wished),
        spent=limit.spent,
        reset_time=limit.reset_time,
        holds=_words(limit.tokens),
        waits="" if pending is None else _words(pending.tokens),
        since=None if pending is None else pending.since,
    )


def _words(tokens: int | None) -> str:
    return "no limit" if tokens is None else f"{tokens:,} tokens"
