"""An account at an instant of the past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dashboard.presenters.history import OUTCOMES
from dashboard.presenters.states import StateBadge, badge_of
from queue_app.past import Past
from wallet.words import bucket_words


@dataclass(frozen=True, slots=True)
class PastRow:
    """An item that waited or ran."""

    title: str
    tokens: int
    status: str
    hold_id: UUID


@dataclass(frozen=True, slots=True)
class PastCard:
    """Who, when, how much, doing what."""

    who: str
    at: datetime
    figures: tuple[tuple[str, int], ...]
    state: StateBadge | None
    since: datetime | None
    rows: tuple[PastRow, ...]


def past_card(past: Past, who: str) -> PastCard:
    """The card of an account."""
    held = past.balance
    kinds = ("earned", "payout_pending", "receivable") if past.state else ("available", "escrow")
    return PastCard(
        who=who,
        at=past.at,
        figures=tuple((bucket_words(kind), getattr(held, kind)) for kind in kinds),
        state=badge_of(past.state.state) if past.state else None,
        since=past.state.since if past.state else None,
        rows=tuple(PastRow(item.title, item.tokens, OUTCOMES[item.status], item.hold_id) for item in past.items),
    )
