"""The roles of the database and what the server must promise."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from config.place import CannotStart

ROLES = {
    "owner": sql.SQL("LOGIN NOSUPERUSER CREATEDB NOCREATEROLE"),
    "app": sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"),
    "auditor": sql.SQL("LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"),
}
# A request that waits longer than this helps nobody, and a forgotten transaction holds everybody's locks.
APP_SETTINGS = {
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
    "synchronous_commit": "on",
}
FIRST_WITH_TRANSACTION_TIMEOUT = 170000
Connection = psycopg.Connection[tuple[object, ...]]


def ensure_roles(connection: Connection, passwords: Mapping[str, str]) -> None:
    """Make the roles owner, app and auditor, or bring them back to what they should be."""
    rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)])
    known = {row[0] for row in rows}
    for name, attributes in ROLES.items():
        verb = sql.SQL("ALTER ROLE" if name in known else "CREATE ROLE")
        connection.execute(
            sql.SQL("{} {} WITH {} PASSWORD {}").format(
                verb, sql.Identifier(name), attributes, sql.Literal(passwords[name])
            )
        )
    settings = dict(APP_SETTINGS)
    if connection.info.server_version >= FIRST_WITH_TRANSACTION_TIMEOUT:
        settings["transaction_timeout"] = "10s"
    for setting, value in settings.items():
        connection.execute(sql.SQL("ALTER ROLE app SET {} = {}").format(sql.Identifier(setting), sql.Literal(value)))


def ensure_database(connection: Connection, name: str) -> None:
    """Make a database that belongs to the role owner, unless it stands."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER owner").format(sql.Identifier(name)))


def check_durable(connection: Connection) -> None:
    """Raise CannotStart where the server may forget what it has confirmed."""
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        row = connection.execute("SELECT current_setting(%s)", [setting]).fetchone()
        if row is None or row[0] == "off":
            raise CannotStart(
                f"The PostgreSQL server runs with {setting} = off: a crash would lose confirmed payments. "
                f"Set {setting} = on."
            )
