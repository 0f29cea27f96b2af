"""Fixtures of the queue's tests."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import Performer, Viewer
from core import events
from tests import factories
from tests.queue_app.support import come, rich


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The frames that went out, in order."""
    frames: list[dict[str, Any]] = []
    monkeypatch.setattr(events, "send_now", lambda _rooms, frame: frames.append(frame))
    return frames


@pytest.fixture(autouse=True)
def fresh_shields() -> None:
    """No attempts of other tests are counted."""
    cache.clear()


@pytest.fixture
def performer() -> Performer:
    """A performer who is signed in and waits in the line."""
    return come(factories.performer())


@pytest.fixture
def viewer() -> Viewer:
    """A viewer with a thousand tokens."""
    return rich(factories.viewer())
