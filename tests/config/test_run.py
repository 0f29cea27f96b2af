"""`make run`, the real thing: started, killed piece by piece, stopped, refused."""

import contextlib
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.config.test_supervisor import alive, gone
from tests.support.product import free_port, start_product, stop_product
from tests.support.servers import ROOT

SERVICES = {
    "postgresql": "postgres -D",
    "valkey": "valkey-server",
    "web-1": "web-1.sock",
    "web-2": "web-2.sock",
    "sockets": "uvicorn",
    "worker": "procrastinate worker",
    "sweeper": "manage.py sweep",
    "door": "caddy run",
}


@dataclass
class House:
    """A product of this module's own, with servers of its own."""

    process: "subprocess.Popen[str]"
    port: int
    data: Path
    said: str

    def pids(self) -> dict[str, int]:
        """The services by name, found below the supervisor by what they were called with."""
        found: dict[str, int] = {}
        for pid in _children(self.process.pid):
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            except FileNotFoundError:
                continue  # it ended since the list was read
            found |= {name: pid for name, part in SERVICES.items() if part in words}
        return found

    def status(self, path: str = "/readyz") -> int:
        """The answer's status code; 0 when nobody answers."""
        return _status(self.port, path)


def environment(data: Path, port: int, **more: str) -> dict[str, str]:
    """As a person's shell: nothing of the test run's servers."""
    ours = {"DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_AUDITOR_URL", "REDIS_URL", "STATIC_FROM_SOURCE"}
    keys = {"SECRET_KEY", "JWT_SIGNING_KEY", "AUDIT_KEY", "REPORT_KEY"}
    kept = {name: value for name, value in os.environ.items() if name not in ours | keys}
    return kept | {"MODEL_MENUS_DATA": str(data), "PORT": str(port), "DEMO_DATA": "0"} | more


@pytest.fixture(scope="module")
def house(worker_id: str) -> Iterator[House]:
    data = ROOT / ".data" / f"test-run-{worker_id}"
    shutil.rmtree(data, ignore_errors=True)
    port = free_port()
    process, said = start_product(environment(data, port))
    yield House(process, port, data, said)
    stop_product(process)
    shutil.rmtree(data)


@pytest.fixture(scope="module")
def second_folder(worker_id: str) -> Iterator[Path]:
    """Where another product may run: the first to use it finds nothing there, the next what was left."""
    data = ROOT / ".data" / f"test-second-{worker_id}"
    shutil.rmtree(data, ignore_errors=True)
    yield data
    shutil.rmtree(data)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _status(port: int, path: str) -> int:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=10).status_code
    except httpx.TransportError:
        return 0


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_ready_comes_with_the_address_and_progress_before_it(house: House) -> None:
    assert f"Ready: http://127.0.0.1:{house.port}/" in house.said
    assert house.said.index("PostgreSQL starts") < house.said.index("Ready")
    assert house.status() == 200


def test_every_part_runs(house: House) -> None:
    assert house.pids().keys() == SERVICES.keys()


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_killed_is_back_within_two_seconds(house: House, name: str) -> None:
    before = house.pids()

    os.kill(before[name], signal.SIGKILL)

    assert _within(2, lambda: house.pids().get(name, before[name]) != before[name])
    assert _within(30, lambda: house.status() == 200)
    assert _within(30, lambda: house.pids().keys() == SERVICES.keys())


def test_while_one_web_server_is_away_the_other_answers(house: House) -> None:
    assert _within(30, lambda: house.status() == 200)
    os.kill(house.pids()["web-1"], signal.SIGKILL)

    assert [house.status("/healthz") for _ in range(20)] == [200] * 20


def test_the_door_names_the_caller_whatever_the_caller_says(house: House) -> None:
    """A forged X-Forwarded-For would give an attacker as many addresses as he likes."""
    rules = (house.data / "door" / "Caddyfile").read_text()
    assert "trusted_proxies" not in rules
    assert "admin off" in rules
    assert "auto_https off" in rules


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(("size", "status"), [(256 * 1024, 401), (256 * 1024 + 1, 413), (5_000_000, 413)])
def test_bodies_over_256_kib_are_refused_in_the_apis_own_words(
    house: House, size: int, status: int, chunked: bool
) -> None:
    body = json.dumps({"username": "nobody", "password": "x"}).encode().ljust(size)

    refused = httpx.post(
        f"http://127.0.0.1:{house.port}/api/v1/auth/token",
        content=iter([body]) if chunked else body,
        headers={"Content-Type": "application/json"},
        timeout=20,
    )

    assert refused.status_code == status
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert "Caddy" not in str(refused.headers)


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("path", ["/api/v1/auth/token", "/static/staticfiles.json", "/ws/v1/model/"])
def test_the_rest_of_a_body_that_was_cut_is_no_request(house: House, path: str, *, chunked: bool) -> None:
    """The connection ends behind such an answer: whoever made a browser send the body would write its next request."""
    hidden = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    body = (b"x" * (512 * 1024 + 2) + hidden).ljust(800_000, b"y")
    head = f"{'GET' if 'static' in path else 'POST'} {path} HTTP/1.1\r\nHost: localhost\r\n"
    if chunked:
        sent = f"{head}Transfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    else:
        sent = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    with socket.create_connection(("127.0.0.1", house.port), timeout=20) as connection:
        answered = b""
        with contextlib.suppress(ConnectionError):
            connection.sendall(sent)
            while got := connection.recv(65536):
                answered += got

    assert answered.count(b"HTTP/1.1 ") == 1


def test_slow_senders_keep_nobody_waiting(house: House) -> None:
    slow = [socket.create_connection(("127.0.0.1", house.port)) for _ in range(100)]
    for connection in slow:
        connection.send(b"POST /api/v1/auth/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n{")
    try:
        began = time.monotonic()
        assert [house.status("/healthz") for _ in range(5)] == [200] * 5
        assert time.monotonic() - began < 5
    finally:
        for connection in slow:
            connection.close()


def test_a_command_beside_it_reaches_the_same_database(house: House) -> None:
    clean = {"PATH": os.environ["PATH"], "MODEL_MENUS_DATA": str(house.data)}
    code = (
        "from django.db import connection as c; k = c.cursor(); k.execute('SELECT current_user'); print(k.fetchone())"
    )

    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", code],
        cwd=ROOT,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "('app',)" in done.stdout


def test_a_second_run_in_the_same_folder_is_refused(house: House) -> None:
    refused = _run(environment(house.data, free_port()))

    assert refused.returncode == 1
    assert f"Already running here: process {house.process.pid}" in refused.stdout
    assert house.status() == 200


def test_a_taken_port_is_refused_with_the_way_out(house: House, worker_id: str) -> None:
    data = ROOT / ".data" / f"test-taken-{worker_id}"

    refused = _run(environment(data, house.port))
    shutil.rmtree(data)

    assert refused.returncode == 1
    assert re.search(rf"Port {house.port} is taken.*make run PORT=", refused.stdout)


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    refused = _run(environment(tmp_path, 0, PORT=port))

    assert refused.returncode == 1
    assert f"PORT={port!r} is not a port number" in refused.stderr


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    nowhere = "postgres://app:x@127.0.0.1:1/menus"

    refused = _run(environment(tmp_path / "data", free_port(), DATABASE_URL=nowhere, REDIS_URL="redis://127.0.0.1:1/0"))

    assert refused.returncode == 1
    assert "The database of DATABASE_URL does not answer" in refused.stdout


def _run(env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "config.run"], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.slow
def test_two_run_side_by_side_and_a_killed_supervisor_leaves_nothing(house: House, second_folder: Path) -> None:
    process, _said = start_product(environment(second_folder, port := free_port(), STATIC_FROM_SOURCE="1"))
    beside = House(process, port, second_folder, _said)
    try:
        assert house.status() == beside.status() == 200
        below = _all_below(process.pid)
        assert len(below) > len(SERVICES)

        process.kill()
        process.wait()

        assert gone(*below, seconds=20)
        assert house.status() == 200
    finally:
        process.kill()


@pytest.mark.slow
def test_stopping_leaves_no_process_and_the_next_start_is_quick(second_folder: Path) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        process, _said = start_product(environment(second_folder, free_port(), STATIC_FROM_SOURCE="1"))
        below = _all_below(process.pid)
        process.send_signal(number)
        assert process.wait(30) == 0
        assert not [pid for pid in below if alive(pid)]


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="who is not root runs every test as a normal user")
def test_a_normal_user_runs_it_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = ROOT / ".data" / "test-as-user"
    shutil.rmtree(home, ignore_errors=True)
    nobody = pwd.getpwnam("nobody")
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    python = _interpreter_for_all(home)
    port = free_port()
    process = subprocess.Popen(
        [python, "-m", "config.run"],
        cwd=ROOT,
        env=environment(
            home / "data", port, HOME=str(home), STATIC_FROM_SOURCE="1", PYTHONPYCACHEPREFIX=str(home / "compiled")
        ),
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Ready" in line:
                break
        assert _status(port, "/readyz") == 200, said
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid in _all_below(process.pid)}
        assert owners == {nobody.pw_uid}
        assert stop_product(process) == 0
    finally:
        process.kill()
        shutil.rmtree(home)


def _interpreter_for_all(home: Path) -> str:
    """A Python that everybody may start, with our packages: the one of this run may lie in a closed home."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    uv = subprocess.run(["bin/bootstrap", "uv"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    for candidate in (os.path.realpath(sys.executable), f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        if not os.path.exists(candidate) or not _open_to_all(Path(candidate)):
            continue
        python = str(home / "venv" / "bin" / "python")
        subprocess.run([uv, "venv", "--quiet", "--python", candidate, str(home / "venv")], cwd=ROOT, check=True)
        subprocess.run([uv, "pip", "sync", "--quiet", "--python", python, "requirements.lock"], cwd=ROOT, check=True)
        return python
    pytest.skip(f"every {version} of this machine lies in a closed folder")


def _open_to_all(path: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _all_below(pid: int) -> list[int]:
    found = _children(pid)
    for child in list(found):
        found += _all_below(child)
    return found
