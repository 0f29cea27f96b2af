"""Reading the money in a browser: filter, file, the way of a hold, the chart at every width."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.house import House
from tests.e2e.screen import Screen
from tests.e2e.test_looks import WIDTHS, check, looks


@pytest.fixture
def earned(house: House) -> str:
    """Aurora has performed something for a viewer; the hold's id."""
    house.call("performer", "POST", "queue/join", {})
    item = house.buy("viewer", index=0)["queueItem"]
    for verb in ("start", "finish"):
        assert house.call("performer", "POST", f"queue/items/{item['id']}/{verb}", {}).status_code == 200
    return str(item["escrowTransactionId"])


def kinds(screen: Screen) -> set[str]:
    """The words of the rows that are shown."""
    return set(screen.at("transactions").locator(".title").all_inner_texts())


def test_a_filter_is_kept_in_an_address_that_can_be_shared(open_screen: Opener, earned: str) -> None:
    screen = open_screen("viewer")
    screen.go("/wallet/transactions/")
    screen.at("filter-kind").select_option("hold")
    screen.at("filter-apply").click()

    expect(screen.page).to_have_url(re.compile(r"kind=hold"))
    screen.until(lambda: kinds(screen) == {"Tokens held"}, "other kinds are still shown")
    screen.page.reload()
    assert kinds(screen) == {"Tokens held"}
    screen.at("filter-clear").click()
    expect(screen.page).to_have_url(re.compile(r"/wallet/transactions/$"))


def test_a_span_that_ends_before_it_begins_is_told_beside_the_form(open_screen: Opener, earned: str) -> None:
    screen = open_screen("viewer", expected=("status of 400",))
    screen.go("/wallet/transactions/")
    screen.at("filter-from").fill("2026-02-02")
    screen.at("filter-to").fill("2026-02-01")
    screen.at("filter-apply").click()

    expect(screen.page.locator("#problem-filter")).to_contain_text("later")
    expect(screen.at("transactions")).to_be_visible()


def test_the_file_of_what_is_shown_is_downloaded(open_screen: Opener, earned: str, tmp_path: Path) -> None:
    screen = open_screen("viewer")
    screen.go("/wallet/transactions/?kind=settle")

    with screen.page.expect_download() as caught:
        screen.at("statement-file").click()

    caught.value.save_as(tmp_path / "file.csv")
    lines = list(csv.DictReader((tmp_path / "file.csv").open(newline="")))
    assert caught.value.suggested_filename == "transactions.csv"
    assert {line["kind"] for line in lines} == {"settle"}
    assert lines[-1]["hold"] == earned


def test_a_row_leads_to_where_the_tokens_went(open_screen: Opener, earned: str) -> None:
    screen = open_screen("viewer")
    screen.go("/wallet/transactions/?kind=settle")
    screen.at("trace-link").first.click()

    expect(screen.page).to_have_url(re.compile(earned))
    expect(screen.at("trace-outcome")).to_have_text("Settled")
    expect(screen.at("trace-steps").locator("li")).to_have_count(5)


def test_earnings_follow_what_is_paid(open_screen: Opener, house: House, earned: str) -> None:
    screen = open_screen("performer")
    screen.go("/wallet/?period=week")
    screen.live()
    before = screen.at("earnings-week").inner_text()

    item = house.buy("viewer", index=0)["queueItem"]
    house.call("performer", "POST", "queue/join", {})
    for verb in ("start", "finish"):
        house.call("performer", "POST", f"queue/items/{item['id']}/{verb}", {})

    expect(screen.at("earnings-week")).not_to_have_text(before)
    expect(screen.at("earnings-chart").locator("rect.bar")).not_to_have_count(0)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_of_the_money_look_right(
    open_screen: Opener, house: House, gallery: Path, earned: str, width: int
) -> None:
    screen = open_screen("performer", **looks(width, "light"))
    for period in ("today", "month"):
        screen.go(f"/wallet/?period={period}")
        screen.page.locator("#earnings-figures summary").click()
        check(screen, gallery, f"earnings-{period}-{width}")
    screen.go("/wallet/transactions/?kind=settle&from=2026-01-01")
    check(screen, gallery, f"transactions-{width}")
    screen.go(f"/wallet/trace/{earned}/")
    check(screen, gallery, f"trace-{width}")


def test_staff_look_at_the_past(open_screen: Opener, house: House, gallery: Path, earned: str) -> None:
    staff = open_screen("staff", **looks(1440, "light"))
    staff.go("/staff/past/")
    staff.at("past-who").fill(house.performer_id())
    staff.at("past-at").fill("2026-01-01T10:00:00")
    staff.at("past-show").click()

    expect(staff.at("past-state")).to_contain_text("Offline")
    check(staff, gallery, "past-1440")
