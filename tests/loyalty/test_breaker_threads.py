"""The breaker with many at once: one probe, every failure counted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from loyalty.breaker import CircuitBreaker
from loyalty.errors import BreakerOpen
from loyalty.models import Breaker
from tests.support.threads import together

pytestmark = pytest.mark.threads
BREAKER = CircuitBreaker("test")


def test_of_sixteen_one_gets_the_probe(database_clone: str) -> None:
    BREAKER.admit()
    for _ in range(5):
        BREAKER.record(failed=True, probe=None)
    Breaker.objects.update(probe_until=Now() - timedelta(seconds=1))

    def admit() -> bool:
        try:
            return BREAKER.admit() is not None
        except BreakerOpen:
            return False

    assert sum(bool(got) for got in together([admit] * 16)) == 1


def test_failures_that_come_together_are_all_counted(database_clone: str) -> None:
    BREAKER.admit()
    together([lambda: BREAKER.record(failed=True, probe=None)] * 5)
    assert Breaker.objects.get().state == "open"
