"""Ended and open items as rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from queue_app.queries import ItemView
from queue_app.states import Status
from queue_app.words import refund_words

OUTCOMES: Mapping[str, str] = {
    Status.CREATED: "waiting",
    Status.STARTED: "running",
    Status.FINISHED: "completed",
    Status.ABANDONED: "ended early",
    Status.REFUNDED: "refunded",
}


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One item: when, what, with whom, how it ended, what of the booked tokens was paid and stayed so."""

    at: datetime
    title: str
    other: str
    outcome: str
    paid: int
    tokens: int
    trace: str


def history_rows(items: Iterable[ItemView], names: Mapping[UUID, str]) -> tuple[HistoryRow, ...]:
    """Rows in the order given; `names` by item."""
    return tuple(
        HistoryRow(
            item.created_at,
            item.title,
            names.get(item.id, ""),
            _outcome(item),
            0 if item.reversed_at else item.settled_tokens,
            item.tokens,
            reverse("trace", args=[item.hold_id]),
        )
        for item in items
    )


def _outcome(item: ItemView) -> str:
    if item.status == Status.REFUNDED and item.refund_reason:
        return f"refunded: {refund_words(item.refund_reason, started=item.started_at is not None)}"
    if item.reversed_at is not None:
        return f"reversed, {item.settled_tokens:,} given back"
    if item.status == Status.FINISHED and item.refunded_tokens:
        return f"completed, {item.refunded_tokens:,} given back"
    return OUTCOMES[item.status]
