"""A progress bar for people, a line a part for logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TextIO

WIDTH = 30


@dataclass(slots=True)
class Bar:
    """Called with a part, how many rows are done and how many there are; draws on a terminal, else writes each end."""

    out: TextIO

    def __call__(self, part: str, done: int, total: int) -> None:
        ended = done >= total
        if self.out.isatty():
            share = 1.0 if ended else done / total
            filled = "#" * int(share * WIDTH)
            self.out.write(f"\r{part:<14} [{filled:<{WIDTH}}] {share:>4.0%} {done:,} of {total:,}")
        if ended and not self.out.isatty():
            self.out.write(f"{part}: {done:,} rows")
        if ended:
            self.out.write("\n")
        self.out.flush()
