"""A performer's earnings on the screen: figures, a chart and its table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dashboard.presenters.chart import Chart, bar_chart
from queue_app.earnings import Earnings, SourceEarnings
from wallet.periods import MONTH, TODAY, WEEK

TITLES = {TODAY: "Today", WEEK: "This week", MONTH: "This month"}
#: How many bars share one label, so that labels fit a phone.
TICKS = {TODAY: 6, WEEK: 1, MONTH: 7}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the periods."""

    name: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class EarningsCard:
    """What the region prints; `words` say in a sentence what the chart shows."""

    period: str
    title: str
    total: int
    zone: str
    unit: str
    words: str
    choices: tuple[Choice, ...]
    sources: tuple[SourceEarnings, ...]
    chart: Chart


def earnings_card(found: Earnings) -> EarningsCard:
    """The card of a period."""
    period, zone = found.period.name, ZoneInfo(found.time_zone)
    points = [(slot_label(period, slot.start.astimezone(zone)), slot.tokens) for slot in found.series]
    return EarningsCard(
        period=period,
        title=TITLES[period],
        total=found.total,
        zone=found.time_zone,
        unit="Hour" if period == TODAY else "Day",
        words=_words(found.total, points),
        choices=tuple(Choice(name, label, name == period) for name, label in TITLES.items()),
        sources=found.sources,
        chart=bar_chart(points, TICKS[period]),
    )


def slot_label(period: str, start: datetime) -> str:
    """An hour with its offset's name where clocks change that day, or a day."""
    if period == TODAY:
        following = start.replace(hour=23, minute=59)
        changes = start.replace(hour=0, minute=0, fold=0).utcoffset() != following.utcoffset()
        return f"{start:%H:%M} {start.tzname()}" if changes else f"{start:%H:%M}"
    return f"{start:%a} {start.day}" if period == WEEK else f"{start.day} {start:%b}"


def _words(total: int, points: list[tuple[str, int]]) -> str:
    label, most = max(points, key=lambda point: point[1])
    if most <= 0:
        return "Nothing was earned in this time." if total == 0 else f"{total:,} tokens in all."
    return f"{total:,} tokens in all; the most, {most:,}, at {label}."
