"""A closed month, its archive, and an empty database to restore it into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from archive.months import Month
from tests.archive.support import export, put_back, trade
from tests.support.database import Connection, TestDatabases, at_database, owner_url


@pytest.fixture
def month(owner_connection: Connection, tmp_path: Path, settings: Settings) -> Month:
    """A closed month with trade in it; there was trade the month before, and there is some now."""
    settings.ARCHIVE_DIR = tmp_path
    trade()
    put_back(owner_connection, 1)
    trade()
    closed = put_back(owner_connection, 19)
    trade()
    return closed


@pytest.fixture
def folder(month: Month, tmp_path: Path) -> Path:
    """Its archive."""
    export(month)
    return tmp_path / str(month)


@pytest.fixture
def staging(test_databases: TestDatabases) -> Iterator[str]:
    """An empty, migrated database: its owner's address."""
    name = test_databases.clone()
    yield at_database(owner_url(), name)
    test_databases.drop(name)
