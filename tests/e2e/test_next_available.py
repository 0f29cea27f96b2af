"""Whoever is next, in two browsers: asked, taken, started, completed in part; both sides see it without a reload."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.house import House


def test_a_request_finds_its_performer_and_is_paid_in_part(open_screen: Opener, house: House) -> None:
    viewer, hers = open_screen("viewer"), open_screen("performer")
    before = house.balance("viewer")["available"], house.balance("performer")["earned"]
    viewer.go("/rooms/")
    viewer.live()
    hers.live()
    # asked while nobody is in the line
    viewer.at("next-title").fill("Anything slow")
    viewer.at("next-tokens").fill("40")
    viewer.at("next-duration").fill("60")
    viewer.at("request-next").click()
    expect(viewer.at("my-position")).to_have_text("waits for a free performer")
    # she joins: it is hers, and both see it
    hers.at("join-queue").click()
    expect(hers.at("queue-row")).to_contain_text("Anything slow")
    expect(viewer.at("my-position")).to_have_text("next in line")
    expect(viewer.at("my-item")).to_contain_text("Aurora")
    # started, with what each end would settle beside it
    hers.at("start-next").click()
    expect(viewer.at("my-item")).to_have_attribute("data-status", "started")
    expect(hers.at("preview-finish-performance")).to_contain_text("40 paid to you")
    expect(hers.at("preview-abandon-performance")).to_contain_text("40 back to the viewer")
    # completed in part
    hers.at("partial-settled").fill("15")
    hers.at("partial-finish").click()
    hers.at("confirm-yes").click()
    expect(hers.page.get_by_text("15 tokens paid to you, 25 back to the viewer.", exact=False).first).to_be_visible()
    expect(viewer.at("my-item")).to_have_count(0)
    after = house.balance("viewer")["available"], house.balance("performer")["earned"]
    assert after == (before[0] - 15, before[1] + 15)


def test_a_request_is_taken_back_before_anybody_has_it(open_screen: Opener, house: House) -> None:
    viewer = open_screen("viewer")
    before = house.balance("viewer")["available"]
    house.call("viewer", "POST", "queue/requests", {"tokens": 30, "title": "A wave"})
    viewer.go("/my/queue/")
    viewer.at("cancel-item").click()
    viewer.at("confirm-yes").click()
    expect(viewer.at("my-item")).to_have_count(0)
    assert house.balance("viewer")["available"] == before
