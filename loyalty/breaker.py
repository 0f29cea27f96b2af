"""The breaker: leaves the service alone after failures, in all processes at once, and lets one probe at a time through.

Closed → open after 5 failures in 30 s, or 10 of the last 20 calls → half open after 30 s: ONE probe → closed after 2
successes. Answers of the 4xx kind are no failures; 429 rests all processes for as long as it asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Greatest, Now

from core.sql import call
from loyalty.errors import BreakerOpen, Broken, Busy, LoyaltyError, NotReached, OutcomeUnknown
from loyalty.models import Breaker

FAILURES = (NotReached, OutcomeUnknown, Broken)


@dataclass(frozen=True, slots=True)
class CircuitBreaker:
    """One service's breaker. `probe_seconds` must outlast the longest call."""

    name: str
    failures: int = 5
    within_seconds: float = 30.0
    open_seconds: float = 30.0
    probe_seconds: float = 15.0

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Around one call. Raises BreakerOpen where none may go out; otherwise what the call raises."""
        probe = self.admit()
        try:
            yield
        except Busy as error:
            self.rest(error.seconds, probe)
            raise
        except LoyaltyError as error:
            self.record(failed=isinstance(error, FAILURES), probe=probe)
            raise
        self.record(failed=False, probe=probe)

    def admit(self) -> int | None:
        """The probe's number, or None where all calls go out. Raises BreakerOpen."""
        answer = call("loyalty_breaker_admit", name=self.name, probe_seconds=self.probe_seconds)
        if "wait" in answer:
            raise BreakerOpen(float(answer["wait"]))
        return None if answer["probe"] is None else int(answer["probe"])

    def record(self, *, failed: bool, probe: int | None) -> str:
        """Count what a call came to; the state afterwards."""
        answer = call(
            "loyalty_breaker_record",
            name=self.name,
            failed=failed,
            probe=probe,
            most=self.failures,
            within_seconds=self.within_seconds,
            open_seconds=self.open_seconds,
        )
        return str(answer["state"])

    def rest(self, seconds: float, probe: int | None = None) -> None:
        """No calls for so long, as the service asked; neither a failure nor a success."""
        until = Now() + timedelta(seconds=seconds)
        row = Breaker.objects.filter(name=self.name)
        row.update(rest_until=Greatest(until, "rest_until"))
        if probe is not None:
            row.filter(probe=probe).update(probe_until=Now())
