"""A word to her, in two browsers: typed in the room, read on her desk, nothing reloaded."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.house import House


def test_a_note_goes_from_the_room_to_her_desk(open_screen: Opener, house: House) -> None:
    his, hers = open_screen("viewer"), open_screen("performer")
    hers.live()
    his.go(f"/rooms/{house.performer_id()}/")
    his.live()
    offer = his.at("offer").first
    offer.locator('[data-testid="add-note"]').click()
    note = offer.locator('[data-testid="note"]')
    note.fill("For <b>Ann</b>, softly")
    house.buy("viewer2")  # what comes in meanwhile takes nothing of what is typed
    expect(hers.at("queue-row")).to_have_count(1)
    expect(note).to_have_value("For <b>Ann</b>, softly")
    note.press("Enter")
    expect(his.at("my-note")).to_contain_text("For <b>Ann</b>, softly")
    expect(hers.at("row-note")).to_contain_text("For <b>Ann</b>, softly")
    expect(note).to_be_hidden()
    expect(note).to_have_value("")


def test_a_note_with_an_address_is_refused_beside_its_field_and_buys_nothing(open_screen: Opener, house: House) -> None:
    his = open_screen("viewer", expected=("status of 400",))
    before = house.balance("viewer")["available"]
    his.go(f"/rooms/{house.performer_id()}/")
    offer = his.at("offer").first
    offer.locator('[data-testid="add-note"]').click()
    offer.locator('[data-testid="note"]').fill("write to max@example.com")
    offer.locator('[data-testid="buy"]').click()
    expect(offer.locator('[data-field="note"]')).to_be_visible()
    expect(offer.locator('[data-testid="note"]')).to_have_value("write to max@example.com")
    assert house.balance("viewer")["available"] == before


def test_asked_for_once_the_form_is_empty_again(open_screen: Opener, house: House) -> None:
    his = open_screen("viewer")
    his.go("/rooms/")
    his.at("next-title").fill("A wave")
    his.at("next-tokens").fill("30")
    his.at("request-next").click()
    expect(his.at("my-position")).to_have_text("waits for a free performer")
    expect(his.at("next-title")).to_have_value("")
    expect(his.at("next-tokens")).to_have_value("")
