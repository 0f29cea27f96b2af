"""Where a drill works: servers that are its own to kill, and a database that is dropped afterwards."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from config import embedded, keys
from config.children import descendants
from config.place import CannotStart, hold_lock, open_folder
from config.supervisor import spawn
from tests.support.database import TestDatabases, at_database, owner_url, point_django_at
from tests.support.servers import ROOT, TEST_KEYS

FOLDERS = 4


@dataclass
class Servers:
    """PostgreSQL and Valkey in a folder of the drill's own: each may be killed and started again."""

    servers: embedded.Servers
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def postgres(self) -> embedded.Postgres:
        """The cluster."""
        assert self.servers.postgres is not None
        return self.servers.postgres

    def start(self, name: str) -> float:
        """Start one and wait until it answers; how many seconds that took."""
        began = time.monotonic()
        for service, (title, server) in zip(self.servers.services(), self.servers.named(), strict=True):
            if title == name:
                self.running[name] = spawn(service)
                _wait_for(server, self.running[name])
        return time.monotonic() - began

    def kill(self, name: str) -> int:
        """SIGKILL for the server and every process below it, in one go; how many there were."""
        process = self.running.pop(name)
        victims = [process.pid, *descendants(process.pid)]
        for pid in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        while any(lives(pid) for pid in victims):
            time.sleep(0.001)
        return len(victims)

    def stop(self) -> None:
        """End what runs, in good order."""
        for process in self.running.values():
            process.send_signal(embedded.FAST_SHUTDOWN)
            process.wait(timeout=embedded.READY_SECONDS)


@contextlib.contextmanager
def own_servers(name: str, *, postgres: bool = True) -> Iterator[Servers]:
    """A PostgreSQL (where wanted) and a Valkey for this drill alone, in the environment that Django will read."""
    binaries = Path(os.environ.get("POSTGRES_BINARIES") or embedded.POSTGRES_BINARIES)
    with contextlib.ExitStack() as stack:
        data = open_folder(free_folder(stack, name, "" if binaries == embedded.POSTGRES_BINARIES else "-installed"))
        servers = Servers(embedded.open_servers(data, keys.load_or_make(data), postgres=postgres, binaries=binaries))
        stack.callback(servers.stop)
        for title, _server in servers.servers.named():
            servers.start(title)
        if postgres:
            servers.postgres.furnish()
            os.environ["DATABASE_SUPERUSER_URL"] = servers.postgres.url("superuser")
        os.environ |= servers.servers.environment()
        _name_what_settings_need()
        yield servers


@contextlib.contextmanager
def own_database(name: str, *, connections: int = 8) -> Iterator[TestDatabases]:
    """A fresh database on the servers that the environment names; Django is set up to use it.

    Dropped afterwards; `deadlocks` then says how many PostgreSQL had to break in it.
    """
    databases = TestDatabases(worker=f"drill_{os.getpid()}")
    databases.make_template()
    made = databases.copy(name)
    owner, app = owner_url(), os.environ["DATABASE_URL"]
    os.environ["DATABASE_OWNER_URL"] = at_database(owner, made)
    os.environ["DATABASE_URL"] = at_database(app, made)
    os.environ.setdefault("DATABASE_POOL_MAX", str(connections))
    os.environ.setdefault("DATABASE_POOL_WAIT_SECONDS", "30")
    set_up_django()
    point_django_at(made)
    try:
        yield databases
    finally:
        close_connections()
        os.environ["DATABASE_OWNER_URL"], os.environ["DATABASE_URL"] = owner, app
        databases.drop(made)


@contextlib.contextmanager
def servers_at_hand(name: str) -> Iterator[None]:
    """The servers that the environment names, else ones of this drill's own."""
    if "DATABASE_URL" in os.environ:
        _name_what_settings_need()
        yield
    else:
        with own_servers(name):
            yield


def set_up_django() -> None:
    """Read the settings, once the environment says where everything is."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # What breaks here is broken on purpose, and counted.
    logging.disable(logging.ERROR)


def close_connections() -> None:
    """Give every connection of this process back, the pool's too."""
    from django.db import connections

    wrapper = connections["default"]
    wrapper.close()
    wrapper.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's wrapper has it


def free_folder(stack: contextlib.ExitStack, name: str, suffix: str = "") -> Path:
    """A folder under `.data` that is ours as long as `stack` is open."""
    for number in range(FOLDERS):
        folder = ROOT / ".data" / f"test-drill-{name}{suffix}{number or ''}"
        with contextlib.suppress(CannotStart):
            stack.enter_context(hold_lock(folder))
            return folder
    raise CannotStart(f"{FOLDERS} runs of the drill {name} are at work in this checkout already.")


def _name_what_settings_need() -> None:
    for variable, value in TEST_KEYS.items():
        os.environ.setdefault(variable, value)
    os.environ.setdefault("MODEL_MENUS_DATA", str(ROOT / ".data" / "test-files"))
    os.environ.setdefault("STATIC_FROM_SOURCE", "1")
    # What is drilled is the money, not who must sign for how much of it.
    os.environ |= {"PAYOUT_MINIMUM_TOKENS": "1", "PAYOUT_TWO_PEOPLE_ABOVE_TOKENS": str(10**9)}


def _wait_for(server: embedded.Postgres | embedded.Valkey, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + embedded.READY_SECONDS
    while not server.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise CannotStart(f"{type(server).__name__} does not answer.")
        time.sleep(0.01)


def lives(pid: int) -> bool:
    """Whether it still has memory and files; a zombie has neither."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False
