"""The real stack of `make run`, in a data folder and on a port of the bench's own, and the peer beside it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from config import children, programs
from config.env import BASE_DIR, read_env_file
from config.place import socket_folder

READY_SECONDS = 120
NAIVE_SETTINGS = "benchmarks.naive.settings"


@dataclass(frozen=True, slots=True)
class Stack:
    """Where the product answers, and which processes are it."""

    port: int
    web: tuple[Path, ...]
    naive: tuple[Path, ...]
    roots: dict[str, tuple[int, ...]]


@contextmanager
def running_stack(data: Path) -> Iterator[Stack]:
    """The product and the peer, ready; both end with the block, and with us however we end."""
    port = free_port()
    environment = {**os.environ, "MODEL_MENUS_DATA": str(data), "PORT": str(port), "DEMO_DATA": "0"}
    house = children.spawn(
        [sys.executable, "-m", "config.run", "--end-with-parent"],
        env=environment,
        log=_log(data, "bench-house"),
        cwd=BASE_DIR,
    )
    try:
        _wait_until_ready(port, house, data)
        adopt_environment(data)
        folder = socket_folder(data, "house")
        paths = (folder / "naive-1.sock", folder / "naive-2.sock")
        peers = [_start_naive(path, data) for path in paths]
        try:
            roots = {**_roots(house.pid), "naive": tuple(peer.pid for peer in peers)}
            yield Stack(port, tuple(sorted(folder.glob("web*.sock"))), paths, roots)
        finally:
            for peer in peers:
                end(peer)
    finally:
        end(house)


def adopt_environment(data: Path) -> None:
    """Let this process's settings reach the stack's database; what the caller has set wins, as in `make run`."""
    local = {name: value for name, value in read_env_file(data / "local.env").items() if name not in os.environ}
    os.environ |= {**local, "MODEL_MENUS_DATA": str(data), "ALLOWED_COUNTRIES": "CA"}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask a program of ours to end and wait for it."""
    process.terminate()
    process.wait(timeout=60)


def _log(data: Path, name: str) -> Path:
    (data / "logs").mkdir(parents=True, exist_ok=True)
    return data / "logs" / f"{name}.log"


def _wait_until_ready(port: int, house: subprocess.Popen[bytes], data: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not _is_ready(port):
        if house.poll() is not None or time.monotonic() > deadline:
            said = _log(data, "bench-house").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"The stack did not become ready:\n{said}")
        time.sleep(0.1)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(json.load(answer).get("status") == "ready")
    except (OSError, ValueError):
        return False


def _start_naive(path: Path, data: Path) -> subprocess.Popen[bytes]:
    """The peer on the very server and options of the product, so that only the code differs."""
    path.unlink(missing_ok=True)
    peer = children.spawn(
        [sys.executable, "-m", "granian", *programs.WEB, "--uds", path, "benchmarks.naive.wsgi:application"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": NAIVE_SETTINGS},
        log=_log(data, "bench-naive"),
        cwd=BASE_DIR,
    )
    deadline = time.monotonic() + READY_SECONDS
    while not path.exists():
        if peer.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The peer did not start: see {_log(data, 'bench-naive')}")
        time.sleep(0.05)
    return peer


def _roots(supervisor: int) -> dict[str, tuple[int, ...]]:
    """The trees that make up the product; the servers are found by asking them, wherever they run on this machine."""
    own: dict[str, list[int]] = {}
    for pid in children.children_of(supervisor):
        own.setdefault(_program(pid), []).append(pid)
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        backend = connection.info.backend_pid
        postmaster = _parent(backend)
    client = redis.Redis.from_url(os.environ["REDIS_URL"])
    valkey = int(client.info("server")["process_id"])
    client.close()
    return {
        "web": tuple(own["granian"]),
        "door": tuple(own["caddy"]),
        "sockets": tuple(own["uvicorn"]),
        "worker": tuple(own["manage.py"]),
        "postgres": (postmaster,),
        "valkey": (valkey,),
    }


def _program(pid: int) -> str:
    """Which of our programs a process is, by the first words of its command."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    names = [Path(os.fsdecode(word)).name for word in words[:3]]
    return next((name for name in names if name in {"granian", "uvicorn", "caddy", "manage.py"}), names[0])


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
