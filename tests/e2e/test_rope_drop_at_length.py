"""A performer's connection is cut for twenty seconds, then for three minutes, with the limits that the product has.

The long form of `test_rope_drop`, for `make drill`: nothing is set, so the product's own limits hold. One line of
figures for each.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from playwright.sync_api import Browser, expect

from tests.drills.report import tell
from tests.e2e.house import House
from tests.e2e.screen import Screen
from tests.e2e.test_rope_drop import Scene, play, running_product, shown
from tests.support.database import TestDatabases
from tests.support.product import Product

pytestmark = [pytest.mark.drill]

DURATION = 600
#: A lease lives 8 s after the last ping of every third second, the rope drops 5 s later, the sweep comes every second.
PAUSED_WITHIN = (10, 16)
RETURN_SECONDS = 120
TOLERANCE = 2
PRICE = 1200
LAST = "SELECT extract(epoch FROM at)::float, event FROM queue_app_queueevent ORDER BY id DESC LIMIT %s"
STATES = "SELECT count(*) FROM modelstate_modelstate WHERE state = 'OFFLINE' AND version > 1"


@pytest.fixture(scope="module")
def real_product(test_databases: TestDatabases) -> Iterator[Product]:
    """The product as it is."""
    yield from running_product(test_databases, "ropedroplong", {})


@pytest.fixture(autouse=True)
def quiet_house() -> None:
    """Nobody signs in for her over the API: that would be a sign of life."""


@dataclass
class Play(Scene):
    """The scene, and what the database notes of it."""

    database: str

    def noted(self, steps: int) -> dict[str, float]:
        """The last steps of the only item that moves, by the wall clock."""
        with psycopg.connect(self.database) as db:
            return {str(event): float(at) for at, event in db.execute(LAST, [steps])}

    def is_offline(self) -> bool:
        """Whether a performer who has been here is away."""
        with psycopg.connect(self.database) as db:
            found = db.execute(STATES).fetchone()
        return found is not None and found[0] == 1

    def cut(self) -> float:
        """The cable is out; the moment. Pages are marked, so that a reload would show."""
        for screen in (self.hers, self.his):
            screen.page.evaluate("window.untouched = true")
        self.line.whole.clear()
        return time.time()

    def rest(self, since: float, seconds: float) -> None:
        """Let both browsers run until so long after."""
        self.hers.until(lambda: time.time() - since >= seconds, "the clock stands still", seconds + 10)

    def assert_nobody_reloaded(self) -> None:
        """Both pages are the ones that they were before."""
        for screen in (self.hers, self.his):
            assert screen.page.evaluate("window.untouched === true")


@pytest.fixture
def scene(browser: Browser, real_product: Product) -> Iterator[Play]:
    """She performs, with the real limits."""
    for scene in play(browser, real_product):
        yield Play(scene.hers, scene.his, scene.line, real_product.database_url)


def test_twenty_seconds_pause_and_the_right_time_is_left(scene: Play, capsys: pytest.CaptureFixture[str]) -> None:
    cut = scene.cut()
    expect(scene.his.at("my-item-paused")).to_be_visible(timeout=20_000)
    seen = time.time() - cut
    expect(scene.hers.at("connection-lost")).to_contain_text("left to return", timeout=20_000)
    stands = scene.left()
    scene.rest(cut, 20)
    assert scene.left() == stands, "her timer runs while she is paused"
    scene.line.whole.set()
    expect(scene.his.at("my-item-timer")).to_be_visible(timeout=20_000)
    expect(scene.hers.at("connection-lost")).not_to_be_visible(timeout=20_000)
    expect(scene.hers.at("performance-paused")).to_have_count(0, timeout=20_000)
    resumed = time.time() - cut
    for _name, screen, timer in timers(scene):
        screen.until(lambda s=screen, t=timer: abs(drift_of(scene, s, t)) <= TOLERANCE, "the timer stays wrong", 5)  # type: ignore[misc]  # the defaults bind this round's screen
    right = time.time() - cut

    drifts = {name: drift_of(scene, screen, timer) for name, screen, timer in timers(scene)}
    at = scene.noted(3)
    publish(
        capsys,
        cut_seconds=20,
        paused_after_seconds=round(at["pause"] - cut, 1),
        viewer_saw_pause_after_seconds=round(seen, 1),
        both_saw_return_after_seconds=round(resumed, 1),
        timers_right_after_seconds=round(right, 1),
        drift_seconds=drifts,
    )
    assert PAUSED_WITHIN[0] <= at["pause"] - cut <= PAUSED_WITHIN[1]
    assert at["resume"] - cut >= 20
    assert all(abs(drift) <= TOLERANCE for drift in drifts.values())
    scene.assert_nobody_reloaded()
    end(scene)


def test_three_minutes_give_everything_back_and_she_is_offline(
    scene: Play, real_product: Product, capsys: pytest.CaptureFixture[str]
) -> None:
    house = House(real_product)
    held = house.balance("viewer")
    assert held["escrow"] == PRICE
    cut = scene.cut()
    expect(scene.his.at("my-item-paused")).to_be_visible(timeout=20_000)
    expect(scene.his.at("my-item")).to_have_count(0, timeout=150_000)
    seen = time.time() - cut
    at = scene.noted(3)
    expect(scene.his.at("wallet-escrow")).to_contain_text(re.compile(r"^0\b"))
    after = house.balance("viewer")
    assert (after["available"], after["escrow"]) == (held["available"] + PRICE, 0)
    assert scene.is_offline()
    expect(scene.hers.at("connection-lost")).to_contain_text("everything was given back", timeout=30_000)
    scene.rest(cut, 180)
    assert scene.is_offline()
    scene.line.whole.set()
    expect(scene.hers.at("performance-timer")).to_have_count(0, timeout=20_000)
    expect(scene.hers.at("state-indicator")).to_have_attribute("data-state", "IDLE", timeout=20_000)
    publish(
        capsys,
        cut_seconds=180,
        given_back_after_pause_seconds=round(at["refund"] - at["pause"], 1),
        viewer_saw_refund_after_seconds=round(seen, 1),
        she_saw_the_end_after_seconds=round(time.time() - cut, 1),
    )
    assert RETURN_SECONDS <= at["refund"] - at["pause"] <= RETURN_SECONDS + 5
    scene.assert_nobody_reloaded()


def timers(scene: Play) -> Iterator[tuple[str, Screen, str]]:
    """Hers, and his."""
    yield "performer", scene.hers, "performance-timer"
    yield "viewer", scene.his, "my-item-timer"


def drift_of(scene: Play, screen: Screen, timer: str) -> float:
    """By how much a timer is wrong: what was booked, less the time in which it really ran."""
    at = scene.noted(3)
    now = time.time()
    ran = now - at["start"] - (at["resume"] - at["pause"])
    return round(shown(screen, timer) - (DURATION - ran), 1)


def end(scene: Play) -> None:
    """She stops, and he has nothing any more."""
    scene.hers.at("abandon-performance").click()
    scene.hers.page.locator("dialog[open] [data-yes], [role=dialog] [data-yes], dialog[open] button").last.click()
    expect(scene.his.at("my-item")).to_have_count(0)


def publish(capsys: pytest.CaptureFixture[str], **figures: object) -> None:
    """The one line."""
    with capsys.disabled():
        sys.stdout.write("\n")
        tell({"drill": "rope_drop", **figures})
