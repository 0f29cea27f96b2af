"""Where the tokens of one hold went, as a line of steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dashboard.presenters.money import ICONS
from wallet.queries.trace import WALLET, Trace, TraceStep
from wallet.states import HoldState
from wallet.words import bucket_words, reason_words

WHO: Mapping[str | None, str] = {
    "viewer": "by the viewer",
    "performer": "by the performer",
    "staff": "by staff",
    "system": "by the product itself",
}
STEP_ICONS: Mapping[str, str] = {
    "enqueue": "ticket",
    "start": "play",
    "finish": "check",
    "pass_through": "check",
    "abandon": "x",
    "refund": "undo",
    "cancel": "x",
    "pause": "pause",
    "resume": "play",
}


#: Steps that only the sweeper takes for itself: no tokens go anywhere, and no words are meant for them.
INSIDE = frozenset({"warn"})


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step."""

    words: str
    icon: str
    at: datetime
    detail: str
    tokens: int | None


@dataclass(frozen=True, slots=True)
class TraceCard:
    """The whole way."""

    hold_id: UUID
    title: str
    outcome: str
    tokens: int
    figures: tuple[tuple[str, int], ...]
    rows: tuple[StepRow, ...]


def trace_card(trace: Trace) -> TraceCard:
    """The hold, its figures and its steps."""
    figures = (
        ("Set aside", trace.tokens),
        ("Paid to the performer", trace.settled),
        ("Given back", trace.refunded),
        ("Corrected afterwards", trace.reversed),
    )
    return TraceCard(
        hold_id=trace.hold_id,
        title=trace.title or "Tokens set aside",
        outcome=outcome_of(trace),
        tokens=trace.tokens,
        figures=figures[: 4 if trace.reversed else 3],
        rows=tuple(_row(step) for step in trace.steps if step.event not in INSIDE),
    )


def outcome_of(trace: Trace) -> str:
    """How it stands, in one word or two."""
    return "Settled, then corrected" if trace.reversed else str(HoldState(trace.state).label)


def _row(step: TraceStep) -> StepRow:
    if step.part == WALLET:
        icon, way = ICONS.get(step.event, "coins"), f"{bucket_words(step.source)} → {bucket_words(step.target)}"
    else:
        icon, way = STEP_ICONS.get(step.event, "list"), WHO.get(step.by, "")
    detail = ", ".join(part for part in (way, reason_words(step.reason)) if part)
    return StepRow(step.words, icon, step.at, detail, step.tokens)
