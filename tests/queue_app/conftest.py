"""Fixtures of the queue's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import transaction

from accounts.models import Performer, Viewer
from tests import factories
from tests.queue_app.support import come, rich
from tests.support.threads import connections_for


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


@pytest.fixture
def committed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Events go out at once, as if each step had been committed."""
    monkeypatch.setattr(transaction, "on_commit", lambda announce, *_more, **_options: announce())


@pytest.fixture
def many_connections(database_clone: str) -> Iterator[None]:
    """Every thread is truly in the database at once."""
    with connections_for(32):
        yield
