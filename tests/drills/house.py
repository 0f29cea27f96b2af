"""The whole product, as `make run` starts it, in a folder of the drill's own: any of its programs may be killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from config.children import children_of, descendants, send
from tests.drills.place import close_connections, free_folder, lives, set_up_django
from tests.support.database import schema_fingerprint
from tests.support.product import free_port, start_product, stop_product

# How each program is told from the others by its command line; a web worker is below its master.
MARKS = {
    "worker": b"procrastinate",
    "sweeper": b"\0sweep\0",
    "web": b"granian",
    "sockets": b"uvicorn",
    "door": b"caddy",
}
NAMED_BY_TESTS = ("DATABASE_", "REDIS_URL", "SECRET_KEY", "JWT_SIGNING_KEY", "AUDIT_KEY", "MODEL_MENUS_DATA", "DJANGO_")
#: Nobody lives there, and nothing is compiled, where a drill does not ask for it.
UNLESS_ASKED = {"DEMO_DATA": "0", "STATIC_FROM_SOURCE": "1"}


class House:
    """One product that runs, dies and runs again."""

    def __init__(self, data: Path, environment: Mapping[str, str]) -> None:
        self.data, self.port = data, free_port()
        self.environment = {
            **environment,
            "MODEL_MENUS_DATA": str(data),
            "PORT": str(self.port),
        }
        self.process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Where its door is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> float:
        """Start it and wait until it says that it is ready; how many seconds that took."""
        began = time.monotonic()
        self.process, _said = start_product(self.environment)
        return time.monotonic() - began

    def kill(self, name: str) -> int:
        """SIGKILL for one program: worker, web (the process that answers, below its master), sockets; its number."""
        pid = self.process_id(name)
        os.kill(pid, signal.SIGKILL)
        wait_for_death([pid])
        return pid

    def process_id(self, name: str) -> int:
        """The number of a program that lives now; of a web server, of the one that has been spared longest."""
        assert self.process is not None
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = [pid for pid in children_of(self.process.pid) if MARKS[name] in _words(pid)]
            if name == "web":
                found = [pid for master in found for pid in children_of(master) if MARKS[name] in _words(pid)]
            if found:
                return min(found)
            time.sleep(0.02)
        raise AssertionError(f"no {name} came back")

    def kill_tree(self) -> int:
        """SIGKILL for the supervisor and everything below it, the database too, in one go; how many there were."""
        assert self.process is not None
        victims = [self.process.pid, *descendants(self.process.pid)]
        for pid in victims:
            send(pid, signal.SIGKILL)
        self.process.wait()
        wait_for_death(victims)
        return len(victims)

    def stop(self) -> None:
        """As Ctrl-C does."""
        if self.process is not None and self.process.poll() is None:
            stop_product(self.process)


@contextlib.contextmanager
def open_house(name: str, **settings: str) -> Iterator[House]:
    """A running product with these settings and nobody in it; this process's Django looks at its database."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(NAMED_BY_TESTS)}
    environment |= UNLESS_ASKED | settings
    with contextlib.ExitStack() as stack:
        folder = free_folder(stack, name)
        data = folder / "data"
        _begin_anew_where_the_schema_changed(folder, data)
        house = House(data, environment)
        house.start()
        stack.callback(house.stop)
        _look_into(data, settings)
        stack.callback(close_connections)
        yield house


def wait_for_death(pids: list[int]) -> None:
    """Until none of them has memory or files any more."""
    deadline = time.monotonic() + 30
    while any(lives(pid) for pid in pids):
        assert time.monotonic() < deadline, "a killed process lives"
        time.sleep(0.001)


def _begin_anew_where_the_schema_changed(folder: Path, data: Path) -> None:
    stamp = folder / "schema"
    wanted = schema_fingerprint()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(data, ignore_errors=True)
        stamp.write_text(wanted)


def _look_into(data: Path, settings: Mapping[str, str]) -> None:
    for variable in [name for name in os.environ if name.startswith(NAMED_BY_TESTS)]:
        del os.environ[variable]
    os.environ |= {**settings, "MODEL_MENUS_DATA": str(data)}
    os.environ["DATABASE_POOL_WAIT_SECONDS"] = "30"
    set_up_django()


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
