"""Fixtures every room uses."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from pytest_django import DjangoDbBlocker

from tests.support.database import Connection, TestDatabases, at_database, open_url, owner_url, point_django_at


@pytest.fixture(scope="session")
def test_databases(worker_id: str) -> TestDatabases:
    """The tests' databases of this worker."""
    databases = TestDatabases(worker="main" if worker_id == "master" else worker_id)
    databases.make_template()
    return databases


@pytest.fixture(scope="session")
def django_db_setup(test_databases: TestDatabases, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Replaces pytest-django's: a copy of the migrated template, used as the application's role."""
    name = test_databases.copy_for_rollback("run")
    with django_db_blocker.unblock():
        point_django_at(name)
    yield
    with django_db_blocker.unblock():
        point_django_at(name)
    test_databases.drop(name)
    assert test_databases.deadlocks == 0, f"PostgreSQL broke {test_databases.deadlocks} deadlocks during this run"


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """The product's Argon2 with the least work it can do; what runs in a process of its own has the whole."""
    with pytest.MonkeyPatch.context() as patch:
        for setting, least in (("time_cost", 1), ("memory_cost", 1024), ("parallelism", 1)):
            patch.setattr(Argon2PasswordHasher, setting, least)
        yield


@pytest.fixture
def database_clone(
    django_db_setup: None, test_databases: TestDatabases, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A database of its own for a test with real threads: what they commit is seen by all, and dropped afterwards.

    Django's connections, those of new threads too, use it while the test runs. A thread closes its connection when
    it ends (`connections.close_all()`). The value is the clone's name.
    """
    before = settings.DATABASES["default"]["NAME"]
    name = test_databases.clone()
    with django_db_blocker.unblock():
        point_django_at(name)
        yield name
        point_django_at(before)
    test_databases.drop(name)


@pytest.fixture
def owner_connection(database_clone: str) -> Iterator[Connection]:
    """A direct connection as the owner to the test's clone; it commits each statement."""
    with open_url(at_database(owner_url(), database_clone)) as found:
        yield found


@pytest.fixture
def superuser_connection(database_clone: str) -> Iterator[Connection]:
    """A direct connection as superuser to the test's clone; it commits each statement."""
    url = os.environ.get("DATABASE_SUPERUSER_URL")
    assert url, "this test needs a superuser: set DATABASE_SUPERUSER_URL, or leave DATABASE_URL unset"
    with open_url(at_database(url, database_clone)) as found:
        yield found


@pytest.fixture
def auditor_connection(database_clone: str) -> Iterator[Connection]:
    """A direct connection as the auditor to the test's clone; it commits each statement."""
    url = os.environ.get("DATABASE_AUDITOR_URL")
    assert url, "this test needs an auditor: set DATABASE_AUDITOR_URL, or leave DATABASE_URL unset"
    with open_url(at_database(url, database_clone)) as found:
        yield found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse tests that would empty tables: the append-only triggers forbid it."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        flushes = mark is not None and (mark.kwargs.get("transaction") or (mark.args and mark.args[0]))
        if flushes or "transactional_db" in getattr(item, "fixturenames", ()):
            raise pytest.UsageError(f"{item.nodeid}: use the fixture database_clone, not transaction=True")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The frames that went out, in order."""
    frames: list[dict[str, Any]] = []
    monkeypatch.setattr("core.events.send_now", lambda _rooms, frame: frames.append(frame))
    return frames


@pytest.fixture
def commit(
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]],
) -> Callable[[], AbstractContextManager[Any]]:
    """Inside it a transaction commits, so that what was published goes out."""
    return lambda: django_capture_on_commit_callbacks(execute=True)
