"""The auditor's eyes: a connection that can only read, as the auditor's role where one is configured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import psycopg
from django.conf import settings
from django.db import connection, transaction

from core.sql import domain_error, translated

APPLICATION = "model-menus-auditor"


class Cursor(Protocol):
    """As much of a cursor as a proof needs."""

    def execute(self, sql: Any, params: Any = None) -> Any:  # noqa: ANN401 - Django's and psycopg's differ
        """Run a statement."""

    def fetchall(self) -> list[Any]:
        """All rows."""

    @property
    def description(self) -> Any:  # noqa: ANN401 - Django's and psycopg's differ
        """The columns."""


@contextmanager
def one_instant(*, seconds: int = 0) -> Iterator[Cursor]:
    """A cursor that reads one instant and writes nothing, for at most so long a statement (0: as long as it takes).

    As the auditor where `DATABASE_AUDITOR_URL` is set and no transaction is open; else on the application's connection.
    An open transaction is used as it is: only it sees what it has done. Raises Unavailable where the time is over or
    the auditor's database does not answer.
    """
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            yield cursor
    elif settings.DATABASE_AUDITOR is None:
        with translated(), transaction.atomic(), connection.cursor() as cursor:
            _only_read(cursor, seconds)
            yield cursor
    else:
        with _named(), _connect(settings.DATABASE_AUDITOR) as auditor, auditor.cursor() as cursor:
            _only_read(cursor, seconds)
            yield cursor


@contextmanager
def _named() -> Iterator[None]:
    """What goes wrong on a connection that Django does not know gets the names that it would have."""
    try:
        yield
    except psycopg.Error as error:
        raise domain_error(error) or error from error


def _only_read(cursor: Cursor, seconds: int) -> None:
    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    cursor.execute(f"SET LOCAL statement_timeout = {int(seconds) * 1000}")
    # The application's own limit; PostgreSQL knows it from 17 on.
    cursor.execute(
        "SELECT set_config(name, %s, true) FROM pg_settings WHERE name = 'transaction_timeout'", [str(seconds * 1000)]
    )


def _connect(address: dict[str, Any]) -> psycopg.Connection[Any]:
    given = {
        "dbname": address["NAME"],
        "user": address["USER"],
        "password": address["PASSWORD"],
        "host": address["HOST"],
        "port": address["PORT"],
    }
    return psycopg.connect(
        **{name: value for name, value in given.items() if value}, application_name=APPLICATION, connect_timeout=5
    )
