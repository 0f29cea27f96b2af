"""The real product for browser tests: `make run`'s own supervisor on a free port, with a database of this run."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.browser import FLAGS, environment_for, find_browser
from tests.support.database import TestDatabases, at_database, owner_url
from tests.support.servers import ROOT

STOP_SECONDS = 30
BROWSER_TESTS = ROOT / "tests" / "e2e"


@dataclass(frozen=True)
class Product:
    """A running product: its address, its data folder, its database and its demo accounts."""

    url: str
    data: Path
    database_url: str
    process: "subprocess.Popen[str]"

    def account(self, key: str) -> dict[str, str]:
        """Name and password of a demo account: performer, viewer, staff or another key of the credentials file."""
        found: dict[str, dict[str, str]] = json.loads((self.data / "demo-credentials.json").read_text())
        return found[key]

    def sign_in(self, page: Page, key: str) -> None:
        """Sign a browser page in as a demo account, through the sign-in page."""
        account = self.account(key)
        page.goto(f"{self.url}/login/")
        page.fill("input[name=username]", account["username"])
        page.fill("input[name=password]", account["password"])
        page.click("form button[type=submit]")
        page.wait_for_url(lambda address: "/login/" not in address)


def free_port() -> int:
    """A port nobody listens on now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_product(environment: dict[str, str]) -> "tuple[subprocess.Popen[str], str]":
    """Start the supervisor and read what it says until Ready; raises with its words where it gives up."""
    process = subprocess.Popen(
        [sys.executable, "-m", "config.run", "--end-with-parent"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    assert process.stdout is not None
    for line in process.stdout:
        said += line
        if line.startswith("Ctrl-C stops"):
            return process, said
    raise RuntimeError(f"the product did not start (exit code {process.wait()}):\n{said}")


def stop_product(process: "subprocess.Popen[str]") -> int:
    """Ask it to stop, as Ctrl-C does, and return its exit code."""
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(STOP_SECONDS)
    finally:
        process.kill()


@pytest.fixture(scope="session")
def product(test_databases: TestDatabases, worker_id: str) -> Iterator[Product]:
    """The product with demo data, shared by the browser tests of this worker; nothing of it outlives the run."""
    name = test_databases.copy("product")
    data = ROOT / ".data" / f"e2e-{worker_id}"
    (data / "demo-credentials.json").unlink(missing_ok=True)
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": at_database(os.environ["DATABASE_URL"], name),
        "DATABASE_OWNER_URL": at_database(owner_url(), name),
        "MODEL_MENUS_DATA": str(data),
        "PORT": str(port),
        "DEMO_DATA": "1",
        "STATIC_FROM_SOURCE": "0",
    }
    process, _said = start_product(environment)
    yield Product(f"http://127.0.0.1:{port}", data, environment["DATABASE_URL"], process)
    stop_product(process)
    test_databases.drop(name)
    assert test_databases.deadlocks == 0, f"PostgreSQL broke {test_databases.deadlocks} deadlocks during this run"


@pytest.fixture(scope="session")
def base_url(product: Product) -> str:
    """Lets browser tests say `page.goto("/queue/")`."""
    return product.url


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Drives the Chromium that was found; without one the test fails with what was tried."""
    found = find_browser()
    return {"executable_path": str(found), "args": list(FLAGS), "env": environment_for(found)}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: their driver keeps an event loop running, beside which no async test can.

    `make e2e` looks for them in one folder only: outside it they are refused.
    """
    for item in items:
        if item.get_closest_marker("e2e") is not None and BROWSER_TESTS not in item.path.parents:
            raise pytest.UsageError(f"{item.nodeid}: tests of the browser live in {BROWSER_TESTS.relative_to(ROOT)}")
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)
