"""A viewer's limits in the browser: what holds, what waits, and a word to be typed."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Performer, Viewer
from compliance.queries import limits_of
from tests.dashboard.support import fetch, on_sale, parts, press, test_ids, text, told
from tests.queue_app.support import come

pytestmark = pytest.mark.django_db


def test_limits_are_set_and_a_raise_is_shown_waiting(viewer: Viewer, his: Client) -> None:
    assert parts(press(his, "save-limits", daily="500", weekly="")) == {"limits"}
    answer = press(his, "save-limits", daily="800", weekly="")
    assert "pending-daily" in test_ids(answer)
    assert "on: 800 tokens." in text(answer)
    assert (limits_of(viewer.pk).daily.tokens, limits_of(viewer.pk).weekly.tokens) == (500, None)
    assert "Now 500 tokens; from" in text(answer)


def test_saving_the_other_limit_keeps_a_raise_and_its_time(viewer: Viewer, his: Client) -> None:
    press(his, "save-limits", daily="500", weekly="")
    press(his, "save-limits", daily="800", weekly="")
    waits = limits_of(viewer.pk).daily.pending
    shown = re.search(r'name="daily"[^>]* value="(\d*)"', his.get("/my/limits/").content.decode())
    assert shown is not None
    press(his, "save-limits", daily=shown[1], weekly="5000")
    assert waits is not None
    assert (limits_of(viewer.pk).daily.pending, limits_of(viewer.pk).weekly.tokens) == (waits, 5000)


@pytest.mark.parametrize(
    ("name", "value"), [("daily", "-1"), ("weekly", "1.5"), ("daily", "many"), ("daily", "9" * 12)]
)
def test_what_is_no_limit_is_refused_by_field(viewer: Viewer, his: Client, name: str, value: str) -> None:
    answer = press(his, "save-limits", **{"daily": "", "weekly": "", name: value})
    assert told(answer) == (400, "VALIDATION_ERROR")
    assert f'data-field="{name}"' in answer.content.decode()


def test_an_exclusion_needs_its_word(viewer: Viewer, his: Client) -> None:
    assert told(press(his, "exclude-self", days="3", typed="exclude")) == (400, "VALIDATION_ERROR")
    assert limits_of(viewer.pk).excluded_until is None
    assert "excluded-until" in test_ids(press(his, "exclude-self", days="3", typed="EXCLUDE"))
    assert told(press(his, "exclude-self", days="1", typed="EXCLUDE")) == (409, "CANNOT_SHORTEN_SELF_EXCLUSION")


def test_what_goes_beyond_his_limit_cannot_be_pressed(performer: Performer, his: Client) -> None:
    come(performer)
    cheap, dear = on_sale(performer, 100), on_sale(performer, 600)
    press(his, "save-limits", daily="500", weekly="")
    page = his.get(reverse("room", args=[performer.pk])).content.decode()
    assert shut_in(page) == {str(dear): "Your limit for today is 500 tokens; you have spent 0."}
    assert told(press(his, "buy", performer.pk, dear)) == (409, "SPENDING_LIMIT_EXCEEDED")
    assert press(his, "buy", performer.pk, cheap).status_code == 200


def test_who_has_spent_all_he_allows_himself_finds_every_button_shut(performer: Performer, his: Client) -> None:
    come(performer)
    items = [on_sale(performer, price) for price in (100, 200)]
    press(his, "save-limits", daily="", weekly="0")
    room = his.get(reverse("room", args=[performer.pk])).content.decode()
    reason = "Your limit for this week is 0 tokens; you have spent 0."
    assert shut_in(room) == {str(item): reason for item in items}
    assert reason in shut_request(his)
    assert told(press(his, "request-next", title="A song", tokens="1")) == (409, "SPENDING_LIMIT_EXCEEDED")


def test_what_is_spent_elsewhere_shuts_the_buttons_of_an_open_page(performer: Performer, his: Client) -> None:
    come(performer)
    cheap, dear = on_sale(performer, 100), on_sale(performer, 450)
    press(his, "save-limits", daily="500", weekly="")
    room, rooms = his.get(reverse("room", args=[performer.pk])), his.get("/rooms/")
    for page, region in ((room, "offer"), (rooms, "next-gate")):
        follows = page.content.decode().partition(f'id="{region}"')[2].partition(">")[0]
        assert "wallet.balance.changed from:body" in follows

    press(his, "buy", performer.pk, cheap)
    fresh = fetch(his, "fragment-offer", performer.pk).content.decode()

    assert [*shut_in(fresh)] == [str(dear)]
    press(his, "save-limits", daily="100", weekly="")
    assert "Your limit for today is 100 tokens" in text(fetch(his, "fragment-next-gate"))


def test_who_shut_himself_out_reads_until_when(performer: Performer, his: Client) -> None:
    item = on_sale(come(performer), 100)
    press(his, "exclude-self", days="3", typed="EXCLUDE")
    refused = press(his, "buy", performer.pk, item)
    room = his.get(reverse("room", args=[performer.pk])).content.decode()
    assert told(refused) == (403, "SELF_EXCLUDED")
    assert shut_in(room)[str(item)] in refused.content.decode()
    assert "You have excluded yourself" in shut_request(his)


@pytest.mark.parametrize("name", ["room", "rooms", "my-limits"])
def test_limits_cost_a_page_no_more_for_many(name: str, performer: Performer, viewer: Viewer, his: Client) -> None:
    on_sale(come(performer), 100)
    page = reverse(name, args=[performer.pk] if name == "room" else [])
    few = queries(his, page)
    press(his, "save-limits", daily="500", weekly="500")
    for price in (200, 600, 700):
        on_sale(performer, price)
    assert queries(his, page) == few
    assert sum("compliance_status" in sql for sql in statements(his, page)) == 1


def shut_in(room: str) -> dict[str, str]:
    """The items that cannot be bought, and why."""
    return dict(re.findall(r'id="closed-([0-9a-f-]+)" data-testid="buy-reason">(.*?)</p>', room))


def shut_request(client: Client) -> str:
    """Why whoever is next cannot be asked for; nothing where one can."""
    found = re.search(r'data-testid="next-reason">.*?<span>(.*?)</span>', client.get("/rooms/").content.decode())
    return found.group(1) if found else ""


def statements(client: Client, path: str) -> list[str]:
    """What a page asks the database."""
    client.get(path)  # the first request of a sign-in renews its presence
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in caught]


def queries(client: Client, path: str) -> int:
    """How many of them."""
    return len(statements(client, path))


def test_a_press_that_comes_twice_excludes_once(viewer: Viewer, his: Client) -> None:
    key = str(uuid4())
    press(his, "exclude-self", days="3", typed="EXCLUDE", key=key)
    until = limits_of(viewer.pk).excluded_until
    press(his, "exclude-self", days="3", typed="EXCLUDE", key=key)
    assert limits_of(viewer.pk).excluded_until == until
