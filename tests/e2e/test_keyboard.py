"""The whole session without a mouse, and the ways that only a touch screen has."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.house import House
from tests.e2e.screen import Screen

FOCUSED = "document.activeElement.dataset.testid ?? document.activeElement.textContent.trim()"


@pytest.fixture
def hers(open_screen: Opener) -> Screen:
    """The performer at her desk, live."""
    screen = open_screen("performer")
    screen.live()
    return screen


def tab_to(screen: Screen, test_id: str, most: int = 90) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(most):
        screen.page.keyboard.press("Tab")
        if screen.page.evaluate(FOCUSED) == test_id:
            return
    raise AssertionError(f"{test_id} is not reached by Tab")


def test_the_first_stop_skips_to_the_content(hers: Screen) -> None:
    hers.go("/")
    hers.page.keyboard.press("Tab")
    hers.page.keyboard.press("Enter")
    expect(hers.page.locator("#main")).to_be_focused()


def test_a_session_by_keyboard_alone(hers: Screen, house: House) -> None:
    tab_to(hers, "start-stream")
    hers.page.keyboard.press("Enter")
    expect(hers.at("stop-stream")).to_be_focused()
    tab_to(hers, "join-queue", 3)
    hers.page.keyboard.press("Space")
    expect(hers.at("leave-queue")).to_be_focused()
    house.buy()
    expect(hers.at("start-next")).to_be_enabled()
    tab_to(hers, "start-next", 5)
    hers.page.keyboard.press("Enter")
    expect(hers.at("performance-timer")).to_be_visible()
    hers.page.keyboard.press("Alt+Shift+C")
    expect(hers.at("performance-timer")).to_have_count(0)


def test_shortcuts_press_the_controls(hers: Screen) -> None:
    hers.page.keyboard.press("Alt+Shift+S")
    expect(hers.at("stop-stream")).to_be_visible()
    hers.page.keyboard.press("Alt+Shift+Q")
    expect(hers.at("leave-queue")).to_be_visible()


def test_a_sequence_opens_a_page(hers: Screen) -> None:
    hers.page.keyboard.press("g")
    hers.page.keyboard.press("q")
    hers.page.wait_for_url("**/queue/")


def test_a_shortcut_is_not_typed_text(hers: Screen) -> None:
    hers.go("/stream/")
    hers.page.locator("#id-title").fill("")
    hers.page.locator("#id-title").press_sequentially("g q")
    expect(hers.page.locator("#id-title")).to_have_value("g q")
    assert hers.page.url.endswith("/stream/")


def test_a_shortcut_passes_the_same_question(hers: Screen, house: House) -> None:
    """What cannot be undone asks, whichever way it was pressed."""
    house.call(
        "performer", "PUT", "model/menu/preferences", {"keyboardShortcuts": {"abandonPerformance": "alt+shift+x"}}
    )
    house.call("performer", "POST", "queue/join", {})
    item = house.buy()["queueItem"]["id"]
    house.call("performer", "POST", f"queue/items/{item}/start", {})
    expect(hers.at("performance-timer")).to_be_visible()
    hers.page.keyboard.press("Alt+Shift+X")
    expect(hers.at("confirm-no")).to_be_focused()
    hers.page.keyboard.press("Enter")
    expect(hers.at("performance-timer")).to_be_visible()


def test_a_shortcut_of_what_is_not_possible_says_why(hers: Screen, house: House) -> None:
    house.call("performer", "POST", "queue/join", {})
    item = house.buy()["queueItem"]["id"]
    house.call("performer", "POST", f"queue/items/{item}/start", {})
    expect(hers.at("performance-timer")).to_be_visible()
    hers.page.keyboard.press("Alt+Shift+Q")
    expect(hers.page.locator(".toast[data-kind=warn]")).to_contain_text("Cannot leave queue during performance")


def test_the_quick_actions_are_one_stop_with_arrows_inside(hers: Screen) -> None:
    actions = hers.page.locator("#quick-bar [data-testid^=quick-action-]")
    actions.first.focus()
    hers.page.keyboard.press("ArrowRight")
    expect(actions.nth(1)).to_be_focused()
    hers.page.keyboard.press("End")
    expect(actions.last).to_be_focused()
    hers.page.keyboard.press("Home")
    expect(actions.first).to_be_focused()
    assert hers.page.locator("#quick-bar [tabindex='0']").count() == 1


def test_a_row_s_actions_open_by_key_button_and_right_click(hers: Screen, house: House) -> None:
    house.call("performer", "POST", "queue/join", {})
    house.buy()
    row = hers.at("queue-row")
    menu = hers.page.locator("#context")
    more = row.locator("[data-more]")
    more.focus()
    hers.page.keyboard.press("Shift+F10")
    expect(menu).to_be_visible()
    hers.page.keyboard.press("Escape")
    expect(menu).not_to_be_visible()
    expect(more).to_be_focused()
    more.click()
    expect(menu).to_be_visible()
    hers.page.locator("h1").click()
    expect(menu).not_to_be_visible()
    row.click(button="right")
    expect(menu).to_be_visible()
    box, window = menu.bounding_box(), hers.page.viewport_size
    assert box
    assert window
    assert 0 <= box["x"] <= window["width"] - box["width"]
    assert 0 <= box["y"] <= window["height"] - box["height"]
    menu.get_by_role("menuitem", name="Decline").click()
    hers.at("confirm-yes").click()
    expect(hers.at("queue-row")).to_have_count(0)


def test_f6_goes_from_part_to_part(hers: Screen) -> None:
    stops = []
    for _ in range(3):
        hers.page.keyboard.press("F6")
        stops.append(hers.page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert stops == ["top", "side", "main"]


def test_sections_are_reordered_by_buttons(hers: Screen) -> None:
    hers.go("/settings/menu/")
    up = hers.page.get_by_role("button", name="Move Financial up")
    up.focus()
    hers.page.keyboard.press("Enter")
    expect(up).to_be_focused()
    expect(hers.page.locator("#sr-polite")).to_have_text("Financial moved to position 2 of 5")
    hers.at("save-preferences").click()
    expect(hers.page.locator("#menu h2").nth(2)).to_have_text("Financial")


def test_the_drawer_opens_and_closes_by_swipe(open_screen: Opener) -> None:
    phone = open_screen("performer", viewport={"width": 390, "height": 844}, has_touch=True)
    phone.live()
    swipe(phone, 4, 200)
    expect(phone.page.locator("#sheet")).to_be_visible()
    expect(phone.page.locator("#sheet #menu")).to_be_visible()
    swipe(phone, 300, 60)
    expect(phone.page.locator("#sheet")).not_to_be_visible()


def test_quick_actions_rise_from_the_round_button(open_screen: Opener) -> None:
    phone = open_screen("performer", viewport={"width": 390, "height": 844}, has_touch=True)
    phone.live()
    expect(phone.at("quick-action-start-stream")).not_to_be_visible()
    phone.page.locator(".fab").tap()
    phone.at("quick-action-start-stream").tap()
    expect(phone.at("stop-stream")).to_be_visible()


def swipe(screen: Screen, start: int, end: int) -> None:
    """One finger from x to x."""
    session = screen.context.new_cdp_session(screen.page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": start, "y": 300}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": end, "y": 302}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
