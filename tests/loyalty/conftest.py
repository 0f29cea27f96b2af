"""Fixtures of the loyalty rooms: a service of our own, and the product pointed at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from core import outbox
from loyalty.client import RedRoomClient, client_for
from loyalty.config import Loyalty, active
from tests.loyalty.fake_server import FakeServer, running


@pytest.fixture(params=["openapi", "live", "contract_v1"])
def any_server(request: pytest.FixtureRequest) -> Iterator[FakeServer]:
    """The fake service in each dialect."""
    with running(request.param) as server:
        yield server


@pytest.fixture
def strict_server() -> Iterator[FakeServer]:
    """The fake service as its document has it."""
    with running("openapi") as server:
        yield server


@pytest.fixture
def running_server() -> Iterator[FakeServer]:
    """The fake service as its code runs: keys are not recognised."""
    with running("live") as server:
        yield server


Use = Callable[..., RedRoomClient]


@pytest.fixture
def use(settings: Settings) -> Use:
    """Point the product at a server; returns its client. Needs a database for the breaker."""

    def point(server: FakeServer, **changes: object) -> RedRoomClient:
        settings.LOYALTY = server.settings(**changes)
        outbox.mirror_kinds()
        config = active()
        assert isinstance(config, Loyalty)
        return client_for(config)

    return point


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The outbox waits a twentieth of a second where it would wait longer and longer."""
    monkeypatch.setattr(outbox, "backoff_seconds", lambda _attempt: 0.05)
