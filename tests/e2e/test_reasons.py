"""What a page says before and while something is pressed: reasons, figures, words in another language."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.house import House
from tests.e2e.screen import Screen

WIDTHS = (1440, 900, 390)
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) shifted += entry.value; })
  .observe({ type: "layout-shift" });
"""
PLACES = "[...document.querySelectorAll('#menu li')].map((item) => item.offsetTop)"


def performing(hers: Screen, house: House, tokens: int) -> None:
    """She performs something that costs so many tokens."""
    house.call("performer", "POST", "model/stream/start")
    house.call("performer", "POST", "queue/join")
    wish = {"tokens": tokens, "title": "A long song", "durationSeconds": 600}
    item = house.call("viewer", "POST", "queue/requests", wish).json()["id"]
    house.call("performer", "POST", f"queue/items/{item}/start")
    hers.go("/")
    hers.live()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_reason_beside_the_menu_moves_nothing(open_screen: Opener, width: int) -> None:
    hers = open_screen("performer", viewport={"width": width, "height": 844})
    hers.live()
    if width == 390:
        hers.page.locator("[data-sheet]").first.click()
    hers.page.evaluate(SHIFTS)
    shut = hers.page.locator("#menu [aria-disabled=true]")
    for item in [shut.nth(number) for number in range(shut.count())]:
        item.scroll_into_view_if_needed()
        places = hers.page.evaluate(PLACES)
        item.hover()
        reason = hers.page.locator(f"#{item.get_attribute('aria-describedby')}")
        expect(reason).to_be_in_viewport()
        assert hers.page.evaluate(PLACES) == places
    assert shut.count() > 0
    assert hers.page.evaluate("shifted") == 0


def test_a_reason_goes_with_the_mouse_and_stays_for_the_keyboard(open_screen: Opener) -> None:
    hers = open_screen("performer")
    hers.live()
    join = hers.page.locator('#menu [data-action="joinQueue"]')
    join.click()
    expect(join).to_have_attribute("aria-disabled", "true")
    reason = hers.page.locator(f"#{join.get_attribute('aria-describedby')}")
    expect(reason).to_be_visible()
    hers.page.mouse.move(720, 450)
    expect(reason).to_be_hidden()
    for keys in ("Shift+Tab", "Tab"):
        hers.page.keyboard.press(keys)
    expect(join).to_be_focused()
    expect(reason).to_be_visible()


def test_an_open_room_follows_how_things_are_taken_there(open_screen: Opener, house: House) -> None:
    house.call("performer", "POST", "model/stream/start")
    his = open_screen("viewer")
    his.go(f"/rooms/{house.performer_id()}/")
    his.live()
    house.call("performer", "PUT", "queue/settings", {"mode": "OFF"})
    expect(his.at("at-once")).to_contain_text("you cannot take it back")
    house.call("performer", "PUT", "queue/settings", {"mode": "ON"})
    expect(his.at("at-once")).to_be_hidden()


def test_the_question_shows_what_a_part_settles(open_screen: Opener, house: House) -> None:
    hers = open_screen("performer")
    performing(hers, house, 1500)
    hers.at("partial-settled").fill("1250")
    expect(hers.at("partial-figures")).to_have_text("1,250 tokens paid to you, 250 back to the viewer.")
    hers.at("partial-settled").fill("1000")
    hers.at("partial-finish").click()
    question = hers.page.locator("#confirm-text")
    expect(question).to_contain_text("1,000 tokens paid to you, 500 back to the viewer.")
    hers.at("confirm-yes").click()
    expect(hers.page.locator(".toast p")).to_contain_text("1,000 tokens paid to you, 500 back to the viewer.")


def test_the_api_explorer_is_quiet(open_screen: Opener) -> None:
    staff = open_screen("staff")
    staff.page.goto("/api/docs/")
    expect(staff.page.locator(".opblock").first).to_be_visible()
