"""Rows: medians of the rounds, ratios, goals kept or missed; printed and written to `.data/bench.json`."""

from __future__ import annotations

import math
import operator
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import orjson

COMPARE: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, "<=": operator.le, "<": operator.lt}


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on a row's value, or on its ratio to what it is held against."""

    sign: str
    bound: float
    on: str = "value"

    def __str__(self) -> str:
        return f"{self.on} {self.sign} {self.bound:g}"

    def holds(self, value: float, ratio: float | None) -> bool:
        """Whether the measured figure keeps it."""
        figure = value if self.on == "value" else ratio
        if figure is None:
            raise ValueError("A goal on the ratio needs something to compare with")
        return COMPARE[self.sign](figure, self.bound)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure as it is published."""

    id: str
    value: float
    unit: str
    against: dict[str, float | str] | None
    ratio: float | None
    goal: str | None
    held: bool | None
    note: str = ""


@dataclass
class Series:
    """The readings of a figure, one a round, and of the figure it is held against in the same round."""

    id: str
    unit: str
    goal: Goal | None = None
    against: str = ""
    inverse: bool = False
    note: str = ""
    values: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)

    def add(self, value: float, other: float | None = None) -> None:
        """A round's reading."""
        self.values.append(value)
        if other is not None:
            self.others.append(other)

    def row(self) -> Row:
        """Its median row; the ratio is the median of the rounds' own ratios."""
        value = statistics.median(self.values)
        ratio = self._ratio()
        other: dict[str, float | str] | None = (
            {"what": self.against, "value": statistics.median(self.others)} if self.others else None
        )
        held = self.goal.holds(value, ratio) if self.goal else None
        return Row(self.id, value, self.unit, other, ratio, str(self.goal) if self.goal else None, held, self.note)

    def _ratio(self) -> float | None:
        if not self.others:
            return None
        pairs = zip(self.values, self.others, strict=True)
        return statistics.median(other / value if self.inverse else value / other for value, other in pairs)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def write(rows: list[Row], path: Path) -> None:
    """The rows as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps([asdict(row) for row in rows], option=orjson.OPT_INDENT_2) + b"\n")


def table(rows: list[Row]) -> str:
    """The rows for a reader."""
    lines = [f"{'what':<44}{'median':>12} {'unit':<10}{'against':>12}{'ratio':>9}  goal"]
    for row in rows:
        other = f"{row.against['value']:.4g}" if row.against else ""
        ratio = f"{row.ratio:.3g}" if row.ratio is not None else ""
        kept = {True: "held", False: "MISSED", None: ""}[row.held]
        lines.append(f"{row.id:<44}{row.value:>12.4g} {row.unit:<10}{other:>12}{ratio:>9}  {row.goal or ''} {kept}")
        if row.note:
            lines.append(f"    {row.note}")
    return "\n".join(lines)
