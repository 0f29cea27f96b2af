"""The loop's end: she asks for a payout, staff decide in the administration, she sees each step without a reload."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.house import House
from tests.e2e.screen import Screen

ENOUGH = 1_000


def earn(house: House) -> None:
    """She performs until a payout is worth asking for."""
    house.call("performer", "POST", "queue/join", {})
    while house.balance("performer")["earned"] < ENOUGH:
        item = house.buy(index=3)["queueItem"]["id"]
        house.call("performer", "POST", f"queue/items/{item}/start", {})
        house.call("performer", "POST", f"queue/items/{item}/finish", {})
        house.call("performer", "POST", "queue/join", {})


def decide(desk: Screen, action: str, typed: str = "") -> None:
    """Choose an action for the newest payout and say why."""
    desk.page.goto("/admin/payouts/payout/")
    desk.page.locator("#result_list tbody .action-select").first.check()
    desk.page.locator("select[name=action]").select_option(action)
    desk.page.locator("button[name=index]").click()
    desk.page.locator("textarea[name=reason]").fill("seen in the browser")
    if typed:
        desk.page.locator("input[name=typed]").fill(typed)
    desk.page.locator(".submit-row input[type=submit]").click()
    expect(desk.page.locator(".messagelist .success")).to_be_visible()


def test_from_the_request_to_the_payment(open_screen: Opener, house: House) -> None:
    earn(house)
    hers, desk = open_screen("performer"), open_screen("staff")
    hers.go("/wallet/")
    hers.live()
    before = house.balance("performer")
    hers.at("payout-amount").fill(str(ENOUGH))
    hers.at("request-payout").click()
    newest = hers.at("payout").first
    expect(newest).to_have_attribute("data-status", "requested")
    after = house.balance("performer")
    assert (after["earned"], after["payoutPending"]) == (before["earned"] - ENOUGH, before["payoutPending"] + ENOUGH)
    for action, typed, status in (("approve", "", "approved"), ("send", "", "sent"), ("pay", "PAID", "paid")):
        decide(desk, action, typed)
        expect(newest).to_have_attribute("data-status", status)
    loads = [line for line in hers.requests if line.endswith("/wallet/") and line.startswith("GET")]
    assert len([line for line in loads if "/f/" not in line]) == 1, "the page was loaded again"
    assert house.balance("performer")["payoutPending"] == before["payoutPending"]


def test_the_form_fits_a_phone(open_screen: Opener) -> None:
    hers = open_screen("performer2", viewport={"width": 390, "height": 844})
    hers.go("/wallet/")
    expect(hers.at("payout-reason")).to_be_visible()
    expect(hers.at("request-payout")).to_have_attribute("aria-disabled", "true")
    assert not hers.scrolls_sideways()
