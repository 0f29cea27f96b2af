"""Browsers that are watched: every console error and blocked load of every page fails the test that saw it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser

from tests.e2e.house import House
from tests.e2e.screen import Screen
from tests.support import product as running
from tests.support.product import Product
from tests.support.servers import ROOT

Opener = Callable[..., Screen]
# A conftest's fixtures come before those of the browser plugin, whose own would look for a browser of its own.
base_url = running.base_url
browser_type_launch_args = running.browser_type_launch_args


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("e2e")


@pytest.fixture(scope="session")
def house(product: Product) -> House:
    """The running product, seen from behind the pages."""
    return House(product)


@pytest.fixture(autouse=True)
def quiet_house(house: House) -> None:
    """Everybody is away, nothing is queued, no attempt was counted."""
    cache.clear()
    house.clear()


@pytest.fixture
def open_screen(browser: Browser, product: Product) -> Iterator[Opener]:
    """Opens a browser of its own for an account, watched until the test ends."""
    screens: list[Screen] = []

    def opened(who: str = "", *, expected: tuple[str, ...] = (), **options: object) -> Screen:
        screen = Screen(browser, product, expected, options)
        screens.append(screen)
        if who:
            screen.sign_in(who)
        return screen

    yield opened
    problems = [problem for screen in screens for problem in screen.problems()]
    for screen in screens:
        screen.context.close()
    assert problems == []


@pytest.fixture(scope="session")
def gallery() -> Path:
    """Where screenshots are kept for people to look at."""
    folder = ROOT / ".data" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session", autouse=True)
def no_blocked_load(product: Product) -> Iterator[None]:
    """No browser of the whole run reported a violation of the content policy."""
    yield
    said = "".join(path.read_text(errors="replace") for path in (product.data / "logs").glob("web-*.log"))
    assert "csp.violation" not in said
