"""The tests' databases: a template made once per schema, a copy of it for every run, worker and threaded test.

Nothing is ever emptied: the append-only triggers refuse that, and should. Ordinary tests roll back; tests with real
threads work on a clone that is dropped.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from config import roles
from tests.support.servers import ROOT

Connection = psycopg.Connection[tuple[object, ...]]
SCHEMA_FILES = ("*/migrations/*.py", "*/sql/*.sql", "*/apps.py", "core/grants.py", "core/sql.py", "requirements.lock")


def at_database(url: str, name: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def server_of(url: str) -> tuple[str | None, int | None, str]:
    """Where a server listens: what it is called here may not be dropped there."""
    parts = urlsplit(url)
    return parts.hostname, parts.port, parts.query


def owner_url() -> str:
    """The address that migrates."""
    return os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]


def open_url(url: str) -> Connection:
    """A direct connection, each statement its own transaction."""
    return psycopg.connect(url, autocommit=True)


@dataclass
class TestDatabases:
    """What this process may make on the server, and what it saw there."""

    __test__ = False

    worker: str
    base: str = field(default_factory=lambda: urlsplit(os.environ["DATABASE_URL"]).path.strip("/"))
    deadlocks: int = 0
    _clones: int = 0

    @property
    def template(self) -> str:
        return f"test_{self.base}_template"

    def make_template(self) -> None:
        """Migrate the template, unless it was made from these very files."""
        wanted = f"{schema_fingerprint()} {urlsplit(os.environ['DATABASE_URL']).username}"
        with self._serialised() as connection:
            row = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [self.template]
            ).fetchone()
            if row is not None and row[0] == wanted:
                return
            self._drop(connection, self.template)
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.template)))
            prepare_database(self.template)
            connection.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(self.template), sql.Literal(wanted))
            )

    def copy(self, purpose: str) -> str:
        """A fresh copy of the template; an older one of the same purpose is dropped."""
        name = f"test_{self.base}_{self.worker}_{purpose}"
        with self._serialised() as connection:
            self._drop(connection, name)
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(self.template))
            )
            # What prepare_database does to a database is not copied with it.
            connection.execute(
                sql.SQL("REVOKE CREATE, TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
            )
        return name

    def copy_for_rollback(self, purpose: str) -> str:
        """The same, for tests that roll back: one transaction of theirs holds many of the product's, and may be as long
        as the machine is busy. Each statement and each wait for a lock has the product's limits."""
        name = self.copy(purpose)
        with open_url(at_database(os.environ["DATABASE_URL"], name)) as connection:
            if connection.info.server_version >= roles.FIRST_WITH_TRANSACTION_TIMEOUT:
                connection.execute(
                    sql.SQL("ALTER ROLE CURRENT_USER IN DATABASE {} SET transaction_timeout = '2min'").format(
                        sql.Identifier(name)
                    )
                )
        return name

    def clone(self) -> str:
        """A copy for one test; several may live at once."""
        self._clones += 1
        return self.copy(f"clone{self._clones}")

    def drop(self, name: str) -> None:
        """Count its deadlocks, then drop it, sessions and all."""
        with self._serialised() as connection:
            row = connection.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = %s", [name]).fetchone()
            self.deadlocks += int(str(row[0])) if row else 0
            self._drop(connection, name)

    def _drop(self, connection: Connection, name: str) -> None:
        if self._superuser is not None:
            self._superuser.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            return
        self._end_sessions(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))

    def _end_sessions(self, name: str) -> None:
        # Each role may end its own sessions; the owner may not end the application's.
        for url in (os.environ["DATABASE_URL"], owner_url()):
            with open_url(at_database(url, "postgres")) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = %s AND usename = current_user",
                    [name],
                )

    @contextmanager
    def _serialised(self) -> Iterator[Connection]:
        """One worker at a time makes or drops databases; the lock belongs to this product's tests only."""
        self._lock()
        try:
            yield self._owner
        finally:
            self._owner.execute("SELECT pg_advisory_unlock(hashtext(%s))", [self.template])

    def _lock(self) -> None:
        statement = "SELECT pg_advisory_lock(hashtext(%s))"
        try:
            self._owner.execute(statement, [self.template])
        except psycopg.OperationalError:  # a drill has killed the server meanwhile
            vars(self).pop("_owner", None)
            vars(self).pop("_superuser", None)
            self._owner.execute(statement, [self.template])

    # Hundreds of tests have a copy of their own: connecting anew for each step would take as long as copying.
    @cached_property
    def _owner(self) -> Connection:
        return open_url(at_database(owner_url(), "postgres"))

    @cached_property
    def _superuser(self) -> Connection | None:
        url = os.environ.get("DATABASE_SUPERUSER_URL", "")
        return open_url(at_database(url, "postgres")) if server_of(url) == server_of(owner_url()) else None


def schema_fingerprint() -> str:
    """Changes whenever a file that makes the schema does."""
    digest = hashlib.sha256()
    for pattern in SCHEMA_FILES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:32]


def prepare_database(name: str) -> None:
    """Run `manage.py prepare_database` on another database of the same server."""
    environment = os.environ | {
        "DATABASE_URL": at_database(os.environ["DATABASE_URL"], name),
        "DATABASE_OWNER_URL": at_database(owner_url(), name),
    }
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "prepare_database", "--skip-checks", *_auditor()],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"manage.py prepare_database failed:\n{done.stdout}\n{done.stderr}")


def _auditor() -> list[str]:
    name = urlsplit(os.environ.get("DATABASE_AUDITOR_URL", "")).username
    return ["--auditor", name] if name else []


def point_django_at(name: str) -> None:
    """Send every connection, those of new threads too, to another database of the same server."""
    connection = connections["default"]
    connection.close()
    close_pool = getattr(connection, "close_pool", None)
    if close_pool is not None:
        close_pool()
    # One dictionary is shared by this thread's connection and by those that other threads will open.
    connections.settings["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name
    if settings.DATABASE_AUDITOR is not None:
        settings.DATABASE_AUDITOR["NAME"] = name
