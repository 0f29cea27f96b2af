"""Bars drawn by the server: places in per cent across and pixels down, so that text keeps its size at every width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 168
TOP, BOTTOM = 22, 24  # room for the greatest amount above and the labels below
GAP = 0.28
LEAST = 2.0  # what is not nothing can be seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: x and width in per cent, y and height in pixels; `tick` where its label is drawn."""

    x: str
    y: str
    width: str
    height: str
    middle: str
    label: str
    tokens: int
    tick: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over a base line; `greatest` is the amount that reaches the top."""

    bars: tuple[Bar, ...]
    height: int
    base: str
    greatest: int
    label_y: int
    empty: bool


def bar_chart(points: Sequence[tuple[str, int]], ticks: int) -> Chart:
    """Bars for (label, amount) in order, every so manieth labelled; amounts below zero hang under the base line."""
    most, least = max([0, *(amount for _, amount in points)]), min([0, *(amount for _, amount in points)])
    room, span = HEIGHT - TOP - BOTTOM, (most - least) or 1
    base = TOP + room * most / span
    step = 100 / max(1, len(points))
    bars = []
    for place, (label, amount) in enumerate(points):
        tall = max(LEAST, abs(amount) * room / span) if amount else 0.0
        bars.append(
            Bar(
                x=percent(place * step + step * GAP / 2),
                y=pixels(base - tall if amount > 0 else base),
                width=percent(step * (1 - GAP)),
                height=pixels(tall),
                middle=percent(place * step + step / 2),
                label=label,
                tokens=amount,
                tick=place % ticks == 0,
            )
        )
    return Chart(tuple(bars), HEIGHT, pixels(base), most, HEIGHT - 6, most == least == 0)


def percent(number: float) -> str:
    """A place across."""
    return f"{number:.3f}%"


def pixels(number: float) -> str:
    """A place down."""
    return f"{number:.1f}"
