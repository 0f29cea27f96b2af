"""The auditor's eyes: all but secrets, one instant, nothing written; the application's where there is no auditor."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections, transaction
from psycopg.errors import ReadOnlySqlTransaction

from core.auditor import Cursor, one_instant
from core.exceptions import Unavailable
from core.grants import grant_rights, withheld
from core.management.commands.prepare_database import owner_alias
from tests.support.database import Connection

SECRETIVE = re.compile(r"password|secret|token(?!s)|session_key|session_data|digest(?!s)|jti|get_data|post_data")
# A digest says nothing of what was digested, and an id opens nothing.
HARMLESS = {"token_id", "digest"}


def told(cursor: Cursor, question: str) -> object:
    """The one value a statement answers."""
    cursor.execute(question)
    return cursor.fetchall()[0][0]


def test_it_reads_as_the_auditor(database_clone: str) -> None:
    with one_instant() as cursor:
        assert settings.DATABASE_AUDITOR is not None
        assert told(cursor, "SELECT current_user") == settings.DATABASE_AUDITOR["USER"]
        assert told(cursor, "SELECT current_database()") == database_clone


def test_without_an_auditor_it_reads_as_the_application(database_clone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATABASE_AUDITOR", None)

    with one_instant(seconds=7) as cursor:
        assert told(cursor, "SELECT current_user") == settings.DATABASES["default"]["USER"]
        assert told(cursor, "SELECT current_setting('transaction_read_only')") == "on"
        assert told(cursor, "SELECT current_setting('statement_timeout')") == "7s"


@pytest.mark.django_db
def test_an_open_transaction_is_read_by_itself() -> None:
    with transaction.atomic(), one_instant() as cursor:
        assert told(cursor, "SELECT current_user") == settings.DATABASES["default"]["USER"]


def test_it_sees_one_instant_and_writes_nothing(database_clone: str) -> None:
    with one_instant() as cursor:
        before = told(cursor, "SELECT count(*) FROM core_outboxkind")
        with connection.cursor() as other:
            other.execute("INSERT INTO core_outboxkind (kind, enabled) VALUES ('new', true)")
        assert told(cursor, "SELECT count(*) FROM core_outboxkind") == before
        with pytest.raises(ReadOnlySqlTransaction):
            cursor.execute("CREATE TABLE mine (id integer)")


def test_a_statement_that_takes_too_long_is_a_refusal(database_clone: str) -> None:
    with pytest.raises(Unavailable), one_instant(seconds=1) as cursor:
        cursor.execute("SELECT pg_sleep(20)")


def test_an_auditor_whose_database_is_away_is_a_refusal(database_clone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATABASE_AUDITOR", {**(settings.DATABASE_AUDITOR or {}), "NAME": "nowhere"})

    with pytest.raises(Unavailable), one_instant():
        pass


def test_no_column_that_sounds_secret_is_shown(auditor_connection: Connection) -> None:
    shown = auditor_connection.execute(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    ).fetchall()

    secret = [(table, column) for table, column in shown if SECRETIVE.search(str(column)) and column not in HARMLESS]

    assert secret == []


def test_every_table_is_shown_but_what_is_withheld(auditor_connection: Connection) -> None:
    hidden = auditor_connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " AND NOT has_any_column_privilege(oid, 'SELECT')"
    ).fetchall()

    assert hidden == [(table,) for table, columns in withheld().items() if not columns]


def test_withheld_columns_exist(owner_connection: Connection) -> None:
    for table, columns in withheld().items():
        found = owner_connection.execute(
            "SELECT count(*) FROM information_schema.columns WHERE table_name = %s AND column_name = ANY(%s)",
            [table, list(columns)],
        ).fetchone()
        assert found == (len(columns),), table


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["owner", "app"])
def test_who_does_more_than_read_is_no_auditor(role: str) -> None:
    owner = connections[owner_alias()]
    names = {"owner": owner.settings_dict["USER"], "app": settings.DATABASES["default"]["USER"]}

    with pytest.raises(ImproperlyConfigured, match="a role of its own"):
        grant_rights(owner, names["app"], names[role])
