"""/metrics tells how the outbox and the breaker stand."""

from __future__ import annotations

import pytest
from django.test import Client

from core import gauges, outbox
from core.outbox import Undeliverable
from loyalty.breaker import CircuitBreaker
from tests.core.outbox_kit import KIND, Install

pytestmark = pytest.mark.django_db


def shown() -> dict[str, float]:
    lines = Client().get("/metrics").content.decode().splitlines()
    pairs = (line.split(" ") for line in lines if not line.startswith("#"))
    return {name.removeprefix(gauges.PREFIX): float(value) for name, value in pairs}


def test_a_quiet_house_shows_zeros() -> None:
    found = shown()
    names = ("outbox_waiting", "outbox_lag_seconds", "outbox_dead_letters", "loyalty_breaker_open")
    assert [found[name] for name in names] == [0, 0, 0, 0]
    assert found["database_up"] == 1


def test_what_waits_and_what_died_is_shown(install: Install) -> None:
    install(Undeliverable("HTTP_400"))
    outbox.put(KIND, "k1", {})
    outbox.deliver_due()
    outbox.put(KIND, "k2", {})
    found = shown()
    assert (found["outbox_waiting"], found["outbox_dead_letters"]) == (1, 1)
    assert found["outbox_lag_seconds"] > 0


def test_an_open_breaker_is_shown() -> None:
    breaker = CircuitBreaker("loyalty")
    breaker.admit()
    for _ in range(5):
        breaker.record(failed=True, probe=None)
    assert shown()["loyalty_breaker_open"] == 1
