"""Every page at every width, light and dark: nothing axe objects to, nothing too wide, no target too small.

The screenshots are kept in .data/screenshots for people to look at.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.house import House
from tests.e2e.screen import Screen

WIDTHS = {1440: 900, 900: 1100, 390: 844}
SCHEMES = ("light", "dark")
#: WCAG 2.5.8 and ours: what is pressed is at least 44 px high; links in running text are exempt.
SMALL = """
[...document.querySelectorAll("button, input:not([type=hidden]), select, nav a, .button, summary")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".crumbs, .skip"))
  .map((one) => [one.textContent.trim() || one.name, Math.round(one.getBoundingClientRect().height)])
  .filter(([, height]) => height > 0 && height < 44)
"""


def complaints(screen: Screen) -> list[str]:
    """What axe has to say, one line each."""
    found: dict[str, Any] = Axe().run(screen.page).response
    return [
        f"{violation['id']}: {node['html'][:160]}" for violation in found["violations"] for node in violation["nodes"]
    ]


def check(screen: Screen, gallery: Path, name: str) -> None:
    """Keeps a picture, then complains."""
    screen.page.screenshot(path=gallery / f"{name}.png", full_page=True)
    assert complaints(screen) == []
    assert not screen.scrolls_sideways(), f"{name} scrolls sideways"
    assert screen.page.evaluate(SMALL) == []


@pytest.fixture
def busy(house: House) -> None:
    """Aurora performs, and two more wait."""
    house.call("performer", "POST", "model/stream/start", {})
    house.call("performer", "POST", "queue/join", {})
    first = house.buy("viewer", index=3)
    house.buy("viewer2", index=1)
    house.buy("viewer", index=0)
    house.call("performer", "POST", f"queue/items/{first['queueItem']['id']}/start", {})


def looks(width: int, scheme: str) -> dict[str, Any]:
    """A window without motion, so that nothing is caught half way."""
    window = {"width": width, "height": WIDTHS[width]}
    return {"viewport": window, "color_scheme": scheme, "reduced_motion": "reduce"}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_performer_pages(open_screen: Opener, house: House, gallery: Path, busy: None, width: int, scheme: str) -> None:
    screen = open_screen("performer", **looks(width, scheme))
    screen.live()
    expect(screen.at("performance-timer")).to_have_text(re.compile(r"^0?\d:\d\d|^\d\d:\d\d"))
    check(screen, gallery, f"desk-{width}-{scheme}")
    for path in (
        *("/queue/", "/wallet/", "/settings/menu/", "/stream/", "/help/", "/settings/profile/"),
        *("/notifications/", "/settings/notifications/"),
    ):
        screen.go(path)
        check(screen, gallery, f"{path.strip('/').replace('/', '-')}-{width}-{scheme}")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_viewer_pages(open_screen: Opener, house: House, gallery: Path, busy: None, width: int, scheme: str) -> None:
    screen = open_screen(**looks(width, scheme))
    screen.page.goto("/login/")
    check(screen, gallery, f"login-{width}-{scheme}")
    screen.sign_in("viewer")
    check(screen, gallery, f"rooms-{width}-{scheme}")
    for name, path in (("room", f"/rooms/{house.performer_id()}/"), ("my-queue", "/my/queue/"), ("tokens", "/wallet/")):
        screen.go(path)
        check(screen, gallery, f"{name}-{width}-{scheme}")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_other_roles(open_screen: Opener, gallery: Path, width: int, scheme: str) -> None:
    manager = open_screen("manager", **looks(width, scheme))
    check(manager, gallery, f"studio-{width}-{scheme}")
    manager.page.goto("/status/")
    check(manager, gallery, f"status-{width}-{scheme}")
    manager.page.goto("/nowhere/")
    check(manager, gallery, f"missing-{width}-{scheme}")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_administration(open_screen: Opener, gallery: Path, width: int, scheme: str) -> None:
    staff = open_screen("staff", **looks(width, scheme))
    staff.page.goto("/admin/")
    staff.page.screenshot(path=gallery / f"admin-{width}-{scheme}.png", full_page=True)
    assert complaints(staff) == []


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_is_wider_than_a_small_phone(open_screen: Opener, house: House, busy: None, width: int) -> None:
    phone = {"viewport": {"width": width, "height": 640}, "has_touch": True}
    performer, viewer = open_screen("performer", **phone), open_screen("viewer", **phone)
    for screen, paths in (
        (performer, ("/", "/queue/", "/wallet/", "/wallet/transactions/", "/settings/menu/", "/queue/history/")),
        (
            viewer,
            ("/rooms/", f"/rooms/{house.performer_id()}/", "/my/queue/", "/my/history/", "/wallet/", "/notifications/"),
        ),
    ):
        for path in paths:
            screen.go(path)
            assert not screen.scrolls_sideways(), f"{path} at {width}"


def test_open_surfaces_please_axe(open_screen: Opener, house: House, busy: None, gallery: Path) -> None:
    phone = open_screen("performer", **looks(390, "light"))
    phone.live()
    phone.page.locator(".bottom [data-sheet]").click()
    expect(phone.page.locator("#sheet")).to_be_visible()
    check(phone, gallery, "sheet-390-light")
    phone.page.keyboard.press("Escape")
    phone.page.locator(".fab").click()
    check(phone, gallery, "quick-390-light")
    phone.page.keyboard.press("Escape")
    phone.at("abandon-performance").click()
    check(phone, gallery, "confirm-390-light")


def test_the_desk_stays_light(open_screen: Opener) -> None:
    """A cold desk is at most 60 KB in 12 requests."""
    screen = open_screen("performer")
    loads = screen.page.evaluate(
        "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
        ".filter((load) => !load.name.includes('/api/')).map((load) => [load.name, load.encodedBodySize])"
    )
    assert len(loads) <= 12, loads
    assert sum(size for _name, size in loads) <= 60 * 1024, loads
