"""The programs of the product and how each is called: web, sockets, worker, door, and commands in between."""

import hashlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from config import frontdoor
from config.env import BASE_DIR
from config.place import socket_folder
from config.supervisor import Service
from core.files import write_private

HOUSE_WAVE = 1
DOOR_WAVE = 2


def environment(local: Mapping[str, str], given: Mapping[str, str], data: Path) -> dict[str, str]:
    """What every program of the product sees; what the caller has set wins."""
    defaults = {
        **local,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ALLOWED_COUNTRIES": "CA",
        "MODEL_MENUS_DATA": os.fspath(data),
        "PYTHONUNBUFFERED": "1",
    }
    # One proxy of ours stands before them, whatever stands before that.
    fixed = {"TRUSTED_PROXY_HOPS": "1", "BEHIND_PROXY": "1"}
    return {**defaults, **given, **fixed}


def command(words: tuple[str, ...], env: Mapping[str, str], data: Path) -> Service:
    """A management command that runs to its end."""
    return Service(
        name=words[0],
        command=(sys.executable, BASE_DIR / "manage.py", *words),
        env=env,
        log=data / "logs" / f"{words[0]}.log",
        cwd=BASE_DIR,
        restart=False,
    )


def services(env: Mapping[str, str], data: Path, port: int) -> list[Service]:
    """What serves people: HTTP, sockets, background work and the door before them."""
    folder = socket_folder(data, "house")
    # Two masters of one worker each: a master whose worker was killed several times gives up, the other serves on.
    webs = {name: folder / f"{name}.sock" for name in ("web-1", "web-2")}
    sockets = folder / "sockets.sock"
    door = data / "door"
    door.mkdir(mode=0o700, exist_ok=True)
    write_private(
        door / "Caddyfile", frontdoor.caddyfile(port=port, web=list(webs.values()), sockets=sockets, storage=door)
    )
    caddy: tuple[str | Path, ...] = (frontdoor.caddy_binary(), "run", "--adapter", "caddyfile")
    granian = (sys.executable, "-m", "granian", *WEB, "--uds")
    uvicorn = (sys.executable, "-m", "uvicorn", *SOCKETS, "--uds")
    return [
        *(_service(name, (*granian, path, "config.wsgi:application"), env, data, path) for name, path in webs.items()),
        _service(
            "sockets",
            (*uvicorn, sockets, "config.asgi:application"),
            env,
            data,
            sockets,
        ),
        _service("worker", (sys.executable, BASE_DIR / "manage.py", *WORKER), env, data),
        _service("sweeper", (sys.executable, BASE_DIR / "manage.py", "sweep", "--skip-checks"), env, data),
        Service(
            name="door",
            command=(*caddy, "--config", door / "Caddyfile"),
            env=_door_environment(door),
            log=data / "logs" / "door.log",
            cwd=door,
            wave=DOOR_WAVE,
            death_signal=signal.SIGKILL,
            grace_seconds=5,
        ),
    ]


def _door_environment(door: Path) -> dict[str, str]:
    # Caddy would otherwise keep things in the home folder. It only passes on: one processor is plenty, and a second
    # one would mostly look for work, on processors that the programs behind it need.
    return {"PATH": os.defpath, "HOME": os.fspath(door), "XDG_DATA_HOME": os.fspath(door), "GOMAXPROCS": "1"}


def static_fingerprint(base: Path) -> str:
    """Changes with any file that collectstatic would copy: our own, and those of the pinned packages."""
    digest = hashlib.sha256((base / "requirements.lock").read_bytes())
    for path in sorted((base / "static").rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(base)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _service(name: str, words: tuple[str | Path, ...], env: Mapping[str, str], data: Path, *leftovers: Path) -> Service:
    return Service(
        name=name,
        command=words,
        env=env,
        log=data / "logs" / f"{name}.log",
        cwd=BASE_DIR,
        wave=HOUSE_WAVE,
        # A master must end its workers. The others have nobody below them, and a worker asked politely would wait
        # half a minute for a database that has gone too.
        death_signal=signal.SIGTERM if "granian" in words else signal.SIGKILL,
        leftovers=leftovers,
    )


WEB = (
    "--interface=wsgi",
    "--http=1",
    "--no-ws",
    "--workers=1",
    # Each has a connection, and each connection's plans a place in the processors' caches: more of them are slower.
    "--blocking-threads=4",
    "--backlog=4096",
    "--backpressure=2048",
    "--respawn-failed-workers",
    "--respawn-interval=0.1",
    "--workers-kill-timeout=5",
    "--http1-header-read-timeout=10000",
    "--log-level=warning",
)
SOCKETS = (
    "--ws=websockets",
    "--ws-max-size=16384",
    "--lifespan=off",
    "--no-proxy-headers",
    "--no-server-header",
    "--no-access-log",
    "--log-level=warning",
    "--timeout-graceful-shutdown=2",
)
# Several at once: a slow partner must not keep a deadline waiting.
WORKER = (
    "procrastinate",
    "worker",
    "--concurrency=4",
    "--delete-jobs=successful",
    "--fetch-job-polling-interval=1",
    "--shutdown-graceful-timeout=5",
)
