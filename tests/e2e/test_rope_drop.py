"""A performer's connection is cut while she performs: both sides see it, nobody reloads anything.

The product runs with limits of a few seconds, behind a line that can be cut; `make drill` takes the real ones.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from dataclasses import replace as changed

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.house import House
from tests.e2e.screen import Screen
from tests.support.database import TestDatabases, at_database, owner_url
from tests.support.product import Product, free_port, start_product, stop_product
from tests.support.servers import ROOT

SHORT = {
    "PRESENCE_SOCKET_SECONDS": "4",
    "PRESENCE_BEARER_SECONDS": "1",
    "ROPE_DROP_SECONDS": "1",
    "RETURN_SECONDS": "8",
}
LOST = ("WebSocket", "net::ERR", "Failed to load resource", "htmx:error")


@dataclass
class Line:
    """A line to the product that can be cut, and mended: a cable, not a closed connection."""

    target: int
    port: int = field(default_factory=free_port)
    whole: threading.Event = field(default_factory=threading.Event)

    def open(self) -> socket.socket:
        """Begin to carry."""
        self.whole.set()
        listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()
        return listening

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _address = listening.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                for source, sink in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError), closing(source), closing(sink):
            while data := source.recv(65536):
                self.whole.wait()
                sink.sendall(data)


def running_product(databases: TestDatabases, name: str, limits: dict[str, str]) -> Iterator[Product]:
    """A product of its own with these limits."""
    database, data, port = databases.copy(name), ROOT / ".data" / f"e2e-{name}", free_port()
    (data / "demo-credentials.json").unlink(missing_ok=True)
    environment = os.environ | limits
    environment |= {
        "DATABASE_URL": at_database(os.environ["DATABASE_URL"], database),
        "DATABASE_OWNER_URL": at_database(owner_url(), database),
        "MODEL_MENUS_DATA": str(data),
        "PORT": str(port),
        "STATIC_FROM_SOURCE": "1",
    }
    process, _said = start_product(environment)
    yield Product(f"http://127.0.0.1:{port}", data, environment["DATABASE_URL"], process)
    stop_product(process)
    databases.drop(database)


@pytest.fixture(scope="module")
def quick_product(test_databases: TestDatabases) -> Iterator[Product]:
    """The product with limits of a few seconds."""
    yield from running_product(test_databases, "ropedrop", SHORT)


@pytest.fixture(scope="module")
def quick_house(quick_product: Product) -> House:
    """That product, seen from behind the pages."""
    return House(quick_product)


@pytest.fixture(autouse=True)
def quiet_house() -> None:
    """Nobody signs in for her over the API: that would be a sign of life."""


@dataclass
class Scene:
    """She performs at the end of a line that can be cut; he watches his booking."""

    hers: Screen
    his: Screen
    line: Line

    def left(self) -> int:
        """What her timer shows, in seconds."""
        return shown(self.hers, "performance-timer")


def shown(screen: Screen, timer: str) -> int:
    """What a timer shows, in seconds."""
    minutes, seconds = screen.at(timer).inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


def play(browser: Browser, product: Product) -> Iterator[Scene]:
    """She has begun the longest performance; nobody signs in for her over the API: that would be a sign of life."""
    line = Line(int(product.url.rsplit(":", 1)[1]))
    listening = line.open()
    hers = Screen(browser, changed(product, url=f"http://127.0.0.1:{line.port}"), LOST, {})
    his = Screen(browser, product, (), {})
    hers.sign_in("performer")
    his.sign_in("viewer")
    hers.live()
    hers.at("join-queue").click()
    expect(hers.at("queue-position")).to_be_visible()
    his.go("/rooms/")
    his.at("room-link").filter(has_text="Aurora").click()
    his.at("offer").filter(has_text="Private performance").locator("[data-testid=buy]").click()
    expect(his.at("my-item")).to_have_count(1)
    his.go("/my/queue/")
    his.live()
    hers.at("start-next").first.click()
    expect(his.at("my-item")).to_have_attribute("data-status", "started")
    yield Scene(hers, his, line)
    line.whole.set()
    problems = [*hers.problems(), *his.problems()]
    hers.context.close()
    his.context.close()
    listening.close()
    assert problems == []


@pytest.fixture
def scene(browser: Browser, quick_product: Product) -> Iterator[Scene]:
    """With limits of a few seconds."""
    yield from play(browser, quick_product)


def paused_then_resumed(scene: Scene, *, cut_seconds: float, patience: float) -> float:
    """Cut the line for so long; how many seconds the timer ran while it should have stood still."""
    before, cut_at = scene.left(), time.monotonic()
    scene.line.whole.clear()
    expect(scene.his.at("my-item-paused")).to_be_visible(timeout=patience * 1000)
    ran = time.monotonic() - cut_at
    expect(scene.hers.at("connection-lost")).to_be_visible(timeout=patience * 1000)
    scene.hers.until(lambda: time.monotonic() - cut_at > cut_seconds, "the clock stands still", cut_seconds + 10)
    scene.line.whole.set()
    expect(scene.his.at("my-item-timer")).to_be_visible(timeout=patience * 1000)
    expect(scene.hers.at("connection-lost")).not_to_be_visible(timeout=patience * 1000)
    return before - scene.left() - ran


def test_a_short_cut_pauses_and_the_time_that_was_left_is_left(scene: Scene) -> None:
    drift = paused_then_resumed(scene, cut_seconds=8, patience=20)
    assert -3 <= drift <= 4
    scene.hers.at("abandon-performance").click()
    scene.hers.page.locator("dialog[open] [data-yes], [role=dialog] [data-yes], dialog[open] button").last.click()
    expect(scene.his.at("my-item")).to_have_count(0)


def test_a_long_cut_gives_everything_back_and_she_is_offline(scene: Scene, quick_house: House) -> None:
    scene.line.whole.clear()
    expect(scene.his.at("my-item")).to_have_count(0, timeout=40_000)
    assert quick_house.balance("viewer")["escrow"] == 0
    scene.line.whole.set()
    expect(scene.hers.at("performance-timer")).to_have_count(0, timeout=40_000)
    expect(scene.hers.at("state-indicator")).to_have_attribute("data-state", "IDLE", timeout=40_000)
