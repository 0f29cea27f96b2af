"""CPU time by /proc: what the parts of the stack used, what the load generator used, what others took."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.children import descendants

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PROCESSORS = os.cpu_count() or 1
# Fields of /proc/<pid>/stat after the program's name: utime, stime and those of children that have ended.
TIMES = slice(11, 15)
# Fields of the first line of /proc/stat that are work: user, nice, system, irq, softirq, steal.
WORK = (0, 1, 2, 5, 6, 7)

Roots = Mapping[str, Iterable[int]]


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds between two readings: by part, and the share of the machine that nobody of ours used."""

    seconds: float
    parts: dict[str, float]
    others_share: float

    @property
    def total(self) -> float:
        """CPU seconds of all parts together, without the load generator."""
        return sum(self.parts.values())

    def split(self, requests: int) -> str:
        """Milliseconds a request, part by part, the idle ones left out."""
        each = {name: seconds * 1000 / requests for name, seconds in self.parts.items()}
        return ", ".join(f"{name} {spent:.3g}" for name, spent in each.items() if spent >= 0.001)


class Meter:
    """Reads the named process trees; the bench's own process is the load generator and counts as ours, not as cost."""

    def __init__(self, roots: Roots, *, generators: Callable[[], Iterable[int]] = tuple) -> None:
        self.roots = {name: tuple(pids) for name, pids in roots.items()}
        self.generators = generators
        self.start()

    def start(self) -> None:
        """Begin a measurement."""
        self._began = time.monotonic()
        self._before = self._read()

    def stop(self) -> Usage:
        """The usage since `start`."""
        after, seconds = self._read(), time.monotonic() - self._began
        spent = {name: after[name] - self._before[name] for name in after}
        machine, generator = spent.pop("machine"), spent.pop("generator")
        others = max(0.0, machine - generator - sum(spent.values()))
        return Usage(seconds, spent, others / (seconds * PROCESSORS))

    def _read(self) -> dict[str, float]:
        reading = {name: sum(map(tree_seconds, pids)) for name, pids in self.roots.items()}
        reading["generator"] = process_seconds(os.getpid()) + sum(map(tree_seconds, self.generators()))
        reading["machine"] = machine_seconds()
        return reading


def tree_seconds(root: int) -> float:
    """CPU seconds of a process, everything below it, and what has ended below it."""
    return sum(process_seconds(pid) for pid in (root, *descendants(root)))


def process_seconds(pid: int) -> float:
    """CPU seconds of one process and of its children that were waited for; 0 where it has gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, text.rpartition(")")[2].split()[TIMES])) / TICKS_PER_SECOND


def machine_seconds() -> float:
    """CPU seconds the whole machine has worked."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    return sum(int(fields[index]) for index in WORK) / TICKS_PER_SECOND
