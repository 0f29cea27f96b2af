"""A world committed once, on a database of its own; every test works in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from pytest_django import DjangoDbBlocker

from tests.contract.world import World, build_world
from tests.support.database import TestDatabases, point_django_at


@pytest.fixture(scope="module")
def world(django_db_setup: None, test_databases: TestDatabases, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The people and things, on a copy of the migrated database that is dropped after the module."""
    before = settings.DATABASES["default"]["NAME"]
    name = test_databases.copy_for_rollback("world")
    with django_db_blocker.unblock():
        point_django_at(name)
        yield build_world()
        point_django_at(before)
    test_databases.drop(name)


@pytest.fixture(autouse=True)
def fresh_shields() -> None:
    """No attempts of other tests are counted."""
    cache.clear()
