"""People are told what others did: the bell counts at once, a toast says it in their language."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.house import House
from tests.support.database import at_database, open_url, owner_url
from tests.support.product import Product

COVERED = """() => {
  const bar = document.querySelector(".top").getBoundingClientRect().bottom;
  const fields = [...document.querySelectorAll("main :is(input:not([type=hidden]), select, textarea, button, .button)")]
    .filter((field) => field.checkVisibility()).map((field) => field.getBoundingClientRect())
    .filter((field) => field.bottom > bar)
    .map(({left, right, top, bottom}) => ({left, right, top: Math.max(top, bar), bottom}));
  return [...document.querySelectorAll(".toast")].map((toast) => toast.getBoundingClientRect()).filter((box) =>
    fields.some((one) => one.left < box.right && box.left < one.right && one.top < box.bottom && box.top < one.bottom)
  ).length;
}"""
THIRD = "queue.item.third_position_notice"


def test_the_bell_counts_and_a_toast_says_what_happened(open_screen: Opener, house: House) -> None:
    hers = open_screen("performer")
    hers.live()
    expect(hers.at("unread")).to_have_count(0)
    bought = house.buy("viewer")
    expect(hers.at("unread")).to_have_text("1")
    expect(hers.page.locator(".toast")).to_contain_text(bought["queueItem"]["title"])
    house.buy("viewer2")
    expect(hers.at("unread")).to_have_text("2")


def test_reading_on_one_device_counts_down_on_the_other(open_screen: Opener, house: House) -> None:
    hers = open_screen("performer")
    hers.live()
    other = hers.tab()
    hers.go("/queue/", other)
    hers.live(other)
    house.buy("viewer")
    expect(hers.at("unread", other)).to_have_text("1")
    hers.go("/notifications/")
    hers.at("read-notice").first.click()
    expect(hers.at("unread")).to_have_count(0)
    expect(hers.at("unread", other)).to_have_count(0)


def test_the_list_grows_while_one_looks_at_it(open_screen: Opener, house: House) -> None:
    his = open_screen("viewer")
    his.go("/notifications/")
    his.live()
    item = house.buy("viewer")["queueItem"]["id"]
    house.call("performer", "POST", f"queue/items/{item}/refund", {"reason": "performer_declined"})
    expect(his.at("notice-text").first).to_contain_text("will not take place: the performer declined")
    his.at("read-all").click()
    expect(his.at("read-all")).to_have_count(0)


def test_whoever_becomes_third_is_told_once(open_screen: Opener, house: House) -> None:
    house.call("performer", "POST", "queue/join", {})
    first = house.buy("viewer2")["queueItem"]["id"]
    second = house.buy("viewer2")["queueItem"]["id"]
    house.buy("viewer2")
    mine = house.buy("viewer")["queueItem"]["id"]
    his = open_screen("viewer")
    his.go("/my/queue/")
    his.live()
    house.call("performer", "POST", f"queue/items/{first}/start", {})
    assert his.hear(THIRD)["data"]["itemId"] == mine
    expect(his.page.locator(".toast")).to_contain_text("third in line")
    expect(his.at("unread")).to_have_text("1")
    house.call("performer", "POST", f"queue/items/{first}/finish", {})
    house.call("viewer2", "POST", f"queue/items/{second}/cancel", {})
    his.until(lambda: any(frame["data"].get("position") == 2 for frame in his.frames), "did not move up")
    assert [frame["event"] for frame in his.frames].count(THIRD) == 1


def test_who_chose_spanish_is_told_in_spanish(open_screen: Opener, house: House) -> None:
    hers = open_screen("performer")
    hers.go("/settings/notifications/")
    hers.at("language").select_option("es")
    hers.at("save-notice-settings").click()
    expect(hers.page.locator(".toast")).to_contain_text("Saved.")
    hers.live()
    house.buy("viewer")
    expect(hers.page.locator(".toast").last).to_contain_text("Se ha reservado")
    hers.go("/notifications/")
    expect(hers.at("notice-text").first).to_contain_text("Tokens retenidos")


def test_a_switch_that_is_off_keeps_the_bell_still(open_screen: Opener, house: House) -> None:
    hers = open_screen("performer")
    hers.go("/settings/notifications/")
    switch = hers.at("switch-queue.item.created")
    switch.uncheck()
    hers.at("save-notice-settings").click()
    expect(hers.page.locator(".toast")).to_contain_text("Saved.")
    hers.live()
    house.buy("viewer")
    hers.hear("model.queue.updated")
    expect(hers.at("unread")).to_have_count(0)


def start_is_due(product: Product, performer_id: str) -> None:
    """Her time to start, or to answer the warning, is over."""
    name = urlsplit(product.database_url).path.removeprefix("/")
    with open_url(at_database(owner_url(), name)) as owner:
        owner.execute("UPDATE queue_app_performerqueue SET start_by = now() WHERE performer_id = %s", [performer_id])


def test_who_misses_a_start_is_told_at_once_that_she_left_the_line(
    open_screen: Opener, house: House, product: Product
) -> None:
    hers = open_screen("performer")
    hers.live()
    title = house.buy("viewer")["queueItem"]["title"]
    hers.at("join-queue").click()
    expect(hers.at("start-by")).to_contain_text("To be started within")
    start_is_due(product, house.performer_id())
    expect(hers.at("start-by")).to_contain_text("you leave the line")
    start_is_due(product, house.performer_id())
    expect(hers.page.locator(".toast", has_text=f"no longer in the line: “{title}” was not started")).to_be_visible()
    expect(hers.at("state")).to_have_text("Idle")
    hers.go("/notifications/")
    expect(hers.at("notice-text").first).to_contain_text("You are no longer in the line")


@pytest.mark.parametrize("width", [390, 900, 1440])
def test_toasts_make_way_for_the_field_of_a_partial_end_and_for_buttons(
    open_screen: Opener, house: House, width: int
) -> None:
    hers = open_screen("performer", viewport={"width": width, "height": 844})
    hers.live()
    house.buy("viewer")
    hers.at("join-queue").first.click()
    hers.at("start-next").first.click()
    field = hers.at("partial-settled")
    expect(field).to_be_visible()
    for _ in range(4):
        house.buy("viewer2")
    toasts = hers.page.locator(".toast")
    expect(toasts.nth(1)).to_be_visible()
    for part in (0.1, 0.5, 0.9):  # of the height between the bars
        field.evaluate("(one, part) => scrollBy({top: one.getBoundingClientRect().top - 60 - part * 640})", part)
        hers.page.evaluate("new Promise(requestAnimationFrame).then(() => new Promise(requestAnimationFrame))")
        assert 2 <= toasts.count() <= (2 if width == 390 else 3)
        assert hers.page.evaluate(COVERED) == 0
