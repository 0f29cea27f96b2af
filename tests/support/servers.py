"""PostgreSQL and Valkey for the tests, up before Django reads its settings.

Loaded by pytest as a plugin (`-p`, pyproject.toml). DATABASE_URL and REDIS_URL of the environment win; without them
a stack of the tests' own runs in `.data/test*`, kept between runs so that the next one starts in a moment.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import embedded
from config.place import CannotStart, hold_lock

ROOT = Path(__file__).resolve().parent.parent.parent
# Several runs in one checkout are fine: each takes the first folder that is free.
FOLDERS = [ROOT / ".data" / name for name in ("test", "test-2", "test-3", "test-4")]
# Only for servers that the environment names: the settings must stand, their values are no secret.
TEST_KEYS = {
    name: f"only-for-tests-{name.lower()}-".ljust(48, "x") for name in ("SECRET_KEY", "JWT_SIGNING_KEY", "AUDIT_KEY")
}

_open = contextlib.ExitStack()


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Start the servers before pytest-django loads the settings."""
    for name, value in TEST_KEYS.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("MODEL_MENUS_DATA", str(ROOT / ".data" / "test-files"))
    os.environ.setdefault("STATIC_FROM_SOURCE", "1")
    os.environ.setdefault("ALLOWED_COUNTRIES", "CA")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if "DATABASE_URL" not in os.environ:
        _start()
    elif worker is not None:
        # Counters of one worker are none of the other's business.
        os.environ["REDIS_URL"] = os.environ["REDIS_URL"].replace("?db=0", f"?db={int(worker[2:]) + 1}")
    elif "REDIS_URL" not in os.environ:
        raise pytest.UsageError("DATABASE_URL is set, REDIS_URL is not: set both, or neither.")
    return (yield)


def pytest_unconfigure() -> None:
    """Stop what we started."""
    _open.close()


def _start() -> None:
    binaries = Path(os.environ.get("POSTGRES_BINARIES") or embedded.POSTGRES_BINARIES)
    try:
        stack = embedded.open_stack(_take_folder(binaries), binaries)
        _open.callback(embedded.stop_stack, embedded.start_stack(stack))
    except CannotStart as error:
        _open.close()
        raise pytest.UsageError(str(error)) from error
    os.environ |= stack.environment()
    os.environ["DATABASE_SUPERUSER_URL"] = stack.postgres.url("superuser")


def _take_folder(binaries: Path) -> Path:
    suffix = "" if binaries == embedded.POSTGRES_BINARIES else "-installed"
    for folder in FOLDERS:
        data = folder.with_name(folder.name + suffix)
        with contextlib.suppress(CannotStart):
            _open.enter_context(hold_lock(data))
            return data
    raise CannotStart(f"{len(FOLDERS)} test runs are at work in this checkout already.")
