"""Sign-ins that the database found open within the last second: a busy client's next request need not ask again.

An end is heard at once, over `core.ears`. What else may change about an account, its permissions and flags, counts a
second later at the most; of staff nothing is kept.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import Any

from accounts.events import ROOMS
from core.ears import Kept, kept_until_heard

GOOD_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Vouched:
    """The row of an open sign-in, as `accounts.queries` reads it."""

    row: tuple[Any, ...]
    seen_at: float

    @property
    def is_good(self) -> bool:
        """Whether the database said so within the last second."""
        return time.monotonic() - self.seen_at <= GOOD_SECONDS


@cache
def sign_ins() -> Kept[Vouched]:
    """Those of this process."""
    return kept_until_heard(Kept(ROOMS))
