"""What a drill leaves behind: its clients' history as a file, its figures as one line of JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.support.servers import ROOT

FOLDER = ROOT / ".data" / "drills"
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing a client asked for, and what it heard in the end. `tries` above 1: nothing at first."""

    verb: str
    key: str
    given: Mapping[str, Any]
    answer: Mapping[str, Any] | None
    refusal: str = ""
    tries: int = 1
    at: float = field(default_factory=time.time)

    @property
    def done(self) -> bool:
        """Whether it had its effect."""
        return not self.refusal


def keep(drill: str, deeds: Iterable[Deed]) -> str:
    """Write the history, a line of JSON a deed, for whoever wants to compute the figures again; where it is."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{drill}-{time.strftime('%Y%m%d-%H%M%S')}-{time.monotonic_ns() % 10**6:06}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(deed), default=_plain) + "\n" for deed in deeds)
    return str(path.relative_to(ROOT))


def tell(figures: Figures) -> None:
    """The one line."""
    sys.stdout.write(json.dumps(figures, default=_plain) + "\n")
    sys.stdout.flush()


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 99th percentile and the worst, in seconds; nothing for nothing."""
    ranked = sorted(seconds)
    if not ranked:
        return {}
    return {
        "p50": round(ranked[len(ranked) // 2], 3),
        "p99": round(ranked[min(len(ranked) - 1, int(len(ranked) * 0.99))], 3),
        "worst": round(ranked[-1], 3),
    }


def _plain(value: object) -> object:
    if isinstance(value, UUID | Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a history")
