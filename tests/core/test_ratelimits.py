"""Shields count in Valkey, to the attempt."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

from core.exceptions import RateLimitExceeded, Unavailable
from core.ids import uuid7
from core.ratelimits import Shield, budget_headers, forget_budgets

DEAD = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}}


def shield(limit: int) -> Shield:
    """A shield of its own a test, with a window that does not end while the test runs."""
    return Shield(f"test.{uuid7()}", limit=limit, period_seconds=86400 * 365)


def test_the_attempt_after_the_last_is_refused_with_its_reset_time() -> None:
    guard = shield(3)
    assert [guard.hit("a").remaining for _ in range(3)] == [2, 1, 0]
    with pytest.raises(RateLimitExceeded) as caught:
        guard.hit("a")
    reset = caught.value.details["reset_time"]
    assert isinstance(reset, datetime)
    assert datetime.now(UTC) < reset <= datetime.now(UTC) + timedelta(days=366)
    assert caught.value.retry_after is not None


def test_each_key_has_its_own_count() -> None:
    guard = shield(1)
    guard.hit("a")
    assert guard.hit("b").remaining == 0


def test_an_attempt_with_a_name_counts_once() -> None:
    guard = shield(2)
    assert [guard.hit_once("a", name).remaining for name in ("one", "one", "two", "one")] == [1, 1, 0, 0]
    assert guard.hit_once("b", "one").remaining == 1
    with pytest.raises(RateLimitExceeded):
        guard.hit_once("a", "three")


def test_an_attempt_that_was_refused_is_counted_when_it_comes_again() -> None:
    guard = shield(1)
    guard.hit("a")
    with pytest.raises(RateLimitExceeded):
        guard.hit_once("a", "again")
    before = guard.peek("a").remaining
    with pytest.raises(RateLimitExceeded):
        guard.hit_once("a", "again")
    assert guard.peek("a").remaining == before - 1


def test_sixteen_threads_with_one_name_are_one_attempt() -> None:
    guard = shield(20)
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda _: guard.hit_once("a", "pressed"), range(64)))
    assert guard.peek("a").remaining == 19


def test_peeking_does_not_count() -> None:
    guard = shield(2)
    guard.hit("a")
    assert [guard.peek("a").remaining for _ in range(5)] == [1] * 5


def test_sixteen_threads_get_exactly_the_limit() -> None:
    guard = shield(20)

    def attempt(_: int) -> bool:
        try:
            guard.hit("a")
        except RateLimitExceeded:
            return False
        return True

    with ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(attempt, range(100))) == 20


def test_without_valkey_a_shielded_write_is_refused_for_now() -> None:
    with override_settings(CACHES=DEAD), pytest.raises(Unavailable):
        shield(5).hit("a")


def test_budgets_go_out_as_headers() -> None:
    forget_budgets()
    guard = shield(5)
    guard.hit("a")
    headers = budget_headers()
    assert headers["RateLimit-Policy"] == f'"{guard.name}";q=5;w={guard.period_seconds}'
    assert headers["RateLimit"].startswith(f'"{guard.name}";r=4;t=')
