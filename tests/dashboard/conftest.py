"""People of the pages' tests and their browsers."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Performer, Viewer
from tests import factories
from tests.queue_app.support import rich


@pytest.fixture(autouse=True)
def fresh_shields() -> None:
    """No attempts of other tests are counted."""
    cache.clear()


@pytest.fixture
def performer(db: None) -> Performer:
    """A performer."""
    return factories.performer("luna")


@pytest.fixture
def viewer(db: None) -> Viewer:
    """A viewer with a thousand tokens."""
    return rich(factories.viewer("sam"))


@pytest.fixture
def hers(performer: Performer) -> Client:
    """Her browser: signing in brings her from OFFLINE to IDLE."""
    return factories.signed_in(performer)


@pytest.fixture
def his(viewer: Viewer) -> Client:
    """The viewer's browser."""
    return factories.signed_in(viewer)
