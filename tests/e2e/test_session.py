"""S0's end-to-end sample, step by step, in two browsers; and what several screens of one session owe each other."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.house import House
from tests.e2e.screen import Screen


@pytest.fixture
def hers(open_screen: Opener) -> Screen:
    """The performer at her desk, live."""
    screen = open_screen("performer")
    screen.live()
    return screen


def test_the_menu_follows_a_streaming_session(hers: Screen, open_screen: Opener, house: House) -> None:
    viewer = open_screen("viewer")
    # IDLE
    expect(hers.at("start-stream")).to_be_visible()
    expect(hers.at("stop-stream")).not_to_be_visible()
    # STREAMING
    hers.at("start-stream").click()
    hers.hear("model.state.changed")
    expect(hers.at("stop-stream")).to_be_visible()
    expect(hers.at("start-stream")).not_to_be_visible()
    # STREAM_IN_QUEUE
    hers.at("join-queue").click()
    hers.hear("model.queue.updated")
    expect(hers.at("queue-position")).to_be_visible()
    expect(hers.at("leave-queue")).to_be_visible()
    # a viewer buys; the performance is assigned and started
    viewer.go("/rooms/")
    viewer.at("room-link").filter(has_text="Aurora").click()
    viewer.live()
    viewer.at("buy").first.click()
    expect(viewer.at("my-item")).to_have_count(1)
    expect(hers.at("queue-row")).to_have_count(1)
    hers.at("start-next").click()
    hers.hear("model.performance.started")
    # STREAM_PERFORMING
    expect(hers.at("performance-timer")).to_be_visible()
    expect(hers.at("leave-queue")).not_to_be_enabled()
    expect(hers.at("state-indicator")).to_have_attribute("data-state", "STREAM_PERFORMING")
    expect(viewer.at("my-item")).to_have_attribute("data-status", "started")
    # settled; both see it
    earned = house.balance("performer")["earned"]
    price = house.offers()[0]["price"]
    hers.at("finish-performance").click()
    expect(hers.at("performance-timer")).to_have_count(0)
    expect(hers.at("wallet-earned")).to_contain_text(f"{earned + price:,}")
    expect(viewer.at("my-item")).to_have_count(0)
    expect(viewer.at("wallet-escrow")).to_contain_text(re.compile(r"^0\b"))


def test_preferences_persist_across_sessions(hers: Screen) -> None:
    hers.at("menu-settings").click()
    hers.at("pin-action-join-queue").click()
    hers.at("save-preferences").click()
    expect(hers.at("quick-action-join-queue")).to_be_visible()
    hers.page.locator("[popovertarget=account]").click()
    hers.at("sign-out").click()
    hers.page.wait_for_url("**/login/**")
    hers.sign_in("performer")
    expect(hers.at("quick-action-join-queue")).to_be_visible()


def test_ending_early_asks_first_and_gives_everything_back(hers: Screen, house: House) -> None:
    before = house.balance("viewer")
    hers.at("join-queue").click()
    expect(hers.at("queue-position")).to_be_visible()
    house.buy()
    hers.at("start-next").click()
    hers.at("abandon-performance").click()
    expect(hers.at("confirm-no")).to_be_focused()
    hers.page.keyboard.press("Escape")
    expect(hers.at("performance-timer")).to_be_visible()
    hers.at("abandon-performance").click()
    hers.at("confirm-yes").click()
    expect(hers.at("performance-timer")).to_have_count(0)
    after = house.balance("viewer")
    assert (after["available"], after["escrow"]) == (before["available"], before["escrow"])


def test_two_tabs_of_one_performer_show_the_same(hers: Screen) -> None:
    other = hers.tab()
    hers.go("/", other)
    hers.live(other)
    hers.at("start-stream").click()
    expect(hers.at("stop-stream", other)).to_be_visible()
    hers.at("join-queue", other).click()
    expect(hers.at("queue-position")).to_be_visible()
    expect(hers.at("queue-position", other)).to_be_visible()


SEEN = """() => {
  const card = document.getElementById("performance")?.getBoundingClientRect();
  const bar = document.querySelector(".top").getBoundingClientRect().bottom;
  return Boolean(card) && card.top >= bar && card.top < innerHeight / 2;
}"""


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_performance_that_begins_is_brought_into_view_once(
    open_screen: Opener, house: House, width: int, motion: str
) -> None:
    hers = open_screen("performer", viewport={"width": width, "height": 500}, reduced_motion=motion)
    hers.live()
    item = house.buy("viewer")["queueItem"]["id"]
    for _ in range(4):
        house.buy("viewer2")
    hers.at("join-queue").first.click()
    expect(hers.at("queue-position")).to_be_visible()
    hers.page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")

    house.call("performer", "POST", f"queue/items/{item}/start", {})

    hers.page.wait_for_function(SEEN)
    hers.page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
    house.buy("viewer2")
    expect(hers.at("queue-depth")).to_have_text("6 of 50")
    assert not hers.page.evaluate(SEEN)


def test_the_settings_of_the_queue_stand_below_it_on_a_phone_and_beside_it_on_a_desk(open_screen: Opener) -> None:
    for width, beside in ((390, False), (1440, True)):
        hers = open_screen("performer", viewport={"width": width, "height": 844})
        hers.go("/queue/")
        queue, settings = (hers.page.locator(place).bounding_box() for place in ("#queue", "#queue-settings"))
        assert queue is not None
        assert settings is not None
        assert (settings["x"] >= queue["x"] + queue["width"]) == beside
        assert (settings["y"] >= queue["y"] + queue["height"]) != beside


DEAF = """
for (const name of ["model.state.changed", "model.queue.updated"]) {
  document.body.addEventListener(name, (event) => event.stopImmediatePropagation(), true);
}
"""


def test_a_refusal_is_shown_with_its_reason_and_the_page_catches_up(hers: Screen, house: House) -> None:
    """Another device left the line and this page missed it: the server's state wins."""
    house.call("performer", "POST", "queue/join", {})
    expect(hers.at("leave-queue")).to_be_visible()
    hers.page.evaluate(DEAF)
    house.call("performer", "POST", "queue/leave", {})
    hers.at("leave-queue").click()
    expect(hers.page.locator("#problem-stage [role=alert]")).to_be_visible()
    expect(hers.at("join-queue")).to_be_visible()


def test_a_double_click_is_one_request(hers: Screen) -> None:
    hers.requests.clear()
    hers.at("start-stream").dblclick()
    expect(hers.at("stop-stream")).to_be_visible()
    posts = [request for request in hers.requests if request.startswith("POST")]
    assert len(posts) == 1


def test_an_action_brings_everything_in_one_answer(hers: Screen) -> None:
    """The events that tell of it are dropped: the answer's versions say that they are on the page."""
    hers.requests.clear()
    frames = len(hers.frames)
    hers.at("start-stream").click()
    hers.hear("model.state.changed", after=frames)
    expect(hers.at("stop-stream")).to_be_visible()
    hers.at("join-queue").click()
    hers.hear("model.queue.updated", after=frames)
    expect(hers.at("queue-position")).to_be_visible()
    fetched = [request for request in hers.requests if "/f/" in request]
    assert [request.split()[0] for request in fetched] == ["POST", "POST"]


def test_a_viewer_without_tokens_is_told_before_anything_moves(open_screen: Opener, house: House) -> None:
    viewer = open_screen("viewer5")
    performer = open_screen("performer2")
    performer.live()
    by_price = sorted(house.offers("performer2"), key=lambda item: item["price"])
    viewer.go(f"/rooms/{house.performer_id('performer2')}/")
    bought = 0
    while house.balance("viewer5")["available"] >= by_price[-1]["price"]:
        house.buy(
            "viewer5", "performer2", [item["id"] for item in house.offers("performer2")].index(by_price[-1]["id"])
        )
        bought += 1
    before = house.balance("viewer5")
    viewer.page.locator(f"#buy-{by_price[-1]['id']}").click()
    beside = viewer.page.locator(f"#problem-{by_price[-1]['id']}")
    expect(beside.locator("[data-code=INSUFFICIENT_BALANCE]")).to_be_visible()
    assert house.balance("viewer5")["escrow"] == before["escrow"] == bought * by_price[-1]["price"]


def test_cancelling_asks_and_refunds(open_screen: Opener, house: House) -> None:
    performer = open_screen("performer3")
    performer.live()
    viewer = open_screen("viewer2")
    viewer.go(f"/rooms/{house.performer_id('performer3')}/")
    viewer.live()
    before = house.balance("viewer2")["available"]
    viewer.at("buy").first.click()
    expect(viewer.at("my-item")).to_have_count(1)
    expect(performer.at("queue-row")).to_have_count(1)
    viewer.at("cancel-item").click()
    viewer.at("confirm-yes").click()
    expect(viewer.at("my-item")).to_have_count(0)
    expect(performer.at("queue-row")).to_have_count(0)
    assert house.balance("viewer2")["available"] == before
