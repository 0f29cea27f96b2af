"""One instant of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_snapshot() -> Iterator[None]:
    """A read-only transaction that sees one instant and may take its time."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            # Large files come to the disk while the database has nothing to do.
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            # The application's own limit; PostgreSQL knows it from 17 on.
            cursor.execute("SELECT set_config(name, '0', true) FROM pg_settings WHERE name = 'transaction_timeout'")
        yield
