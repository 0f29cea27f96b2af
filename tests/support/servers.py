"""PostgreSQL and Valkey for the tests, up before Django reads its settings.

Loaded by pytest as a plugin (`-p`, pyproject.toml). DATABASE_URL and REDIS_URL of the environment win; without them
a stack of the tests' own runs in `.data/test*`, kept between runs so that the next one starts in a moment. A run of
several workers has it in memory, where there is enough, and leaves nothing there.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import embedded, keys
from config.place import CannotStart, hold_lock, open_folder
from config.supervisor import spawn

ROOT = Path(__file__).resolve().parent.parent.parent
# Several runs in one checkout are fine: each takes the first folder that is free.
FOLDERS = [ROOT / ".data" / name for name in ("test", "test-2", "test-3", "test-4")]
# Only for servers that the environment names: the settings must stand, their values are no secret.
TEST_KEYS = {
    name: f"only-for-tests-{name.lower()}-".ljust(48, "x")
    for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "AUDIT_KEY", "REPORT_KEY")
}
# Hundreds of databases come and go in a run of several workers, each of hundreds of files, which a file system in
# memory makes and forgets in no time. Where there is little memory, what counts as free there is not.
MEMORY = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
MEMORY_FREE_BYTES = 3 * 1024**3
MEMORY_TOTAL_BYTES = 8 * 1024**3
COMPILED = ROOT / ".data" / "test-pycache"

_open = contextlib.ExitStack()


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start the servers before pytest-django loads the settings."""
    if sys.dont_write_bytecode:
        _keep_what_is_compiled()
    for name, value in TEST_KEYS.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("MODEL_MENUS_DATA", str(ROOT / ".data" / "test-files"))
    os.environ.setdefault("STATIC_FROM_SOURCE", "1")
    os.environ.setdefault("ALLOWED_COUNTRIES", "CA")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if "DATABASE_URL" not in os.environ:
        _start(in_memory=bool(getattr(early_config.known_args_namespace, "numprocesses", None)) and _memory_is_large())
    elif worker is not None:
        # Counters of one worker are none of the other's business.
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("?db=0", f"?db={int(worker[2:]) + 1}")
    elif "REDIS_URL" not in os.environ:
        raise pytest.UsageError("DATABASE_URL is set, REDIS_URL is not: set both, or neither.")
    return (yield)


def pytest_unconfigure() -> None:
    """Stop what we started."""
    _open.close()


def _keep_what_is_compiled() -> None:
    """In a folder of its own where nothing is to be written beside the sources; each of the hundreds of programs that a
    run starts would compile Django and the product anew."""
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(COMPILED)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix


def _memory_is_large() -> bool:
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return False
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return total >= MEMORY_TOTAL_BYTES and shutil.disk_usage(MEMORY).free >= MEMORY_FREE_BYTES


def _start(*, in_memory: bool) -> None:
    binaries = Path(os.environ.get("POSTGRES_BINARIES") or embedded.POSTGRES_BINARIES)
    try:
        data = open_folder(_take_memory() if in_memory else _take_folder(binaries))
        servers = embedded.open_servers(data, keys.load_or_make(data), binaries=binaries)
        _start_each(servers)
    except CannotStart as error:
        _open.close()
        raise pytest.UsageError(str(error)) from error
    assert servers.postgres is not None
    servers.postgres.furnish()
    os.environ |= servers.environment()
    os.environ["DATABASE_SUPERUSER_URL"] = servers.postgres.url("superuser")


def _start_each(servers: embedded.Servers) -> None:
    for service, (name, server) in zip(servers.services(), servers.named(), strict=True):
        process = spawn(service)
        _open.callback(_stop, process)
        deadline = time.monotonic() + embedded.READY_SECONDS
        while not server.answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise CannotStart(f"{name} does not answer: see {service.log}.")
            time.sleep(0.02)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(embedded.FAST_SHUTDOWN)
    process.wait(timeout=embedded.READY_SECONDS)


def _take_memory() -> Path:
    """A folder of this run alone; those of runs that were killed are removed."""
    for left in MEMORY.glob("model-menus-tests-*"):
        with contextlib.suppress(CannotStart), hold_lock(left):
            shutil.rmtree(left)
    data = Path(tempfile.mkdtemp(prefix="model-menus-tests-", dir=MEMORY))
    _open.callback(shutil.rmtree, data)
    _open.enter_context(hold_lock(data))
    return data


def _take_folder(binaries: Path) -> Path:
    suffix = "" if binaries == embedded.POSTGRES_BINARIES else "-installed"
    for folder in FOLDERS:
        data = folder.with_name(folder.name + suffix)
        with contextlib.suppress(CannotStart):
            _open.enter_context(hold_lock(data))
            return data
    raise CannotStart(f"{len(FOLDERS)} test runs are at work in this checkout already.")
