"""Request shields: attempts counted in Valkey by django-ratelimit.

Limits that guard money are not here: they are counted in the operation's own transaction.
"""

from __future__ import annotations

import hashlib
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import redis
from django.core.cache import cache
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from core.exceptions import RateLimitExceeded, Unavailable

AWAY = "This is not available for a moment. Try again shortly."
_budgets: ContextVar[tuple[Budget, ...]] = ContextVar("budgets", default=())


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of a shield after an attempt."""

    name: str
    limit: int
    period_seconds: int
    remaining: int
    reset_at: datetime
    reset_seconds: int


@dataclass(frozen=True, slots=True)
class Shield:
    """At most `limit` attempts in `period_seconds` for each key."""

    name: str
    limit: int
    period_seconds: int

    def hit(self, key: object) -> Budget:
        """Count an attempt. Raises RateLimitExceeded over the limit, Unavailable where Valkey does not answer."""
        return self._judged(self._usage(str(key), increment=True))

    def hit_once(self, key: object, attempt: str) -> Budget:
        """Count an attempt that has a name; one that was counted before, or is being made, counts no more.

        Raises as `hit` does; what is refused is not remembered as counted.
        """
        mark = f"attempt.{self.name}.{key}.{hashlib.sha256(attempt.encode()).hexdigest()}"
        try:
            if not cache.add(mark, 1, self.period_seconds):
                return self._judged(self.peek(key))
            return self.hit(key)
        except RateLimitExceeded:
            cache.delete(mark)
            raise
        except redis.RedisError as error:
            raise Unavailable(AWAY) from error

    def peek(self, key: object) -> Budget:
        """What is left, without counting."""
        return self._usage(str(key), increment=False)

    def _judged(self, budget: Budget) -> Budget:
        _budgets.set((*_budgets.get(), budget))
        if budget.remaining < 0:
            raise RateLimitExceeded.until(budget.reset_at, budget.reset_seconds)
        return budget

    def _usage(self, key: str, *, increment: bool) -> Budget:
        try:
            usage = get_usage(
                HttpRequest(),
                group=self.name,
                key=lambda _group, _request: key,
                rate=(self.limit, self.period_seconds),
                increment=increment,
            )
        except redis.RedisError as error:
            raise Unavailable(AWAY) from error
        if usage is None:
            raise Unavailable()
        seconds = max(1, int(usage["time_left"]))
        return Budget(
            name=self.name,
            limit=self.limit,
            period_seconds=self.period_seconds,
            remaining=self.limit - int(usage["count"]),
            reset_at=datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds),
            reset_seconds=seconds,
        )


def forget_budgets() -> None:
    """Begin a request with no budgets spent."""
    _budgets.set(())


def budget_headers() -> dict[str, str]:
    """RateLimit headers (IETF draft-ietf-httpapi-ratelimit-headers) for the attempts of this request."""
    budgets = _budgets.get()
    if not budgets:
        return {}
    return {
        "RateLimit-Policy": ", ".join(f'"{b.name}";q={b.limit};w={b.period_seconds}' for b in budgets),
        "RateLimit": ", ".join(f'"{b.name}";r={max(0, b.remaining)};t={b.reset_seconds}' for b in budgets),
    }
