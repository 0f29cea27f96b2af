"""The pages of the money: filters that can be shared, the file's link, the way of a hold, the chart and its table."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Performer, Viewer
from dashboard.presenters.chart import HEIGHT, bar_chart
from dashboard.presenters.earnings import slot_label
from dashboard.templatetags.ui import moment
from queue_app import services as queue
from queue_app.queries import events_of, item_for
from queue_app.sweeping import sweep
from tests import factories
from tests.dashboard.support import HTMX, fetch, press, test_ids, text, told
from tests.drills.waiting import until
from tests.queue_app.clockwork import come_back
from tests.queue_app.support import bought, come, rich, running
from wallet.periods import period_of
from wallet.queries import database_now
from wallet.queries.earnings import business_zone

pytestmark = pytest.mark.django_db
TRANSACTIONS = "/wallet/transactions/"


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    return len(caught)


def performed(performer: Performer, tokens: int) -> UUID:
    item_id = running(rich(factories.viewer(), tokens), performer, tokens=tokens)
    queue.finish(by=factories.actor(performer), item_id=item_id)
    queue.join(by=factories.actor(performer), performer_id=performer.pk)
    return item_for(factories.actor(performer), item_id).hold_id


# --- transactions


def test_a_filter_is_in_the_address_and_in_every_link(viewer: Viewer, his: Client) -> None:
    for _ in range(26):
        rich(viewer, 3)

    page = his.get(TRANSACTIONS, {"kind": "fund", "from": "2026-01-01", "to": ""}).content.decode()

    assert '<option value="fund" selected>' in page
    assert 'value="2026-01-01"' in page
    assert 'href="/api/v1/wallet/transactions.csv?kind=fund&amp;from=2026-01-01"' in page
    assert re.search(r'rel="next" href="\?kind=fund&amp;from=2026-01-01&amp;at=o_', page)


def test_a_kind_shows_that_kind_only(performer: Performer, viewer: Viewer, his: Client) -> None:
    bought(viewer, come(performer))

    rows = text(his.get(TRANSACTIONS, {"kind": "hold"})).split("CSV file")[1]

    assert "Tokens held" in rows
    assert "Tokens credited" not in rows


def test_a_span_without_movements_says_so(his: Client) -> None:
    page = his.get(TRANSACTIONS, {"from": "2001-01-01", "to": "2001-01-02"})

    assert "nothing-found" in test_ids(page)
    assert {"filter-clear", "statement-file"} <= set(test_ids(page))


@pytest.mark.parametrize("query", [{"kind": "gift"}, {"from": "soon"}, {"from": "2026-02-02", "to": "2026-02-01"}])
def test_a_bad_filter_is_refused_beside_its_field(his: Client, query: dict[str, str]) -> None:
    page, field = his.get(TRANSACTIONS, query), [*query][-1]
    assert told(page) == (400, "VALIDATION_ERROR")
    assert {"filter", "filter-clear"} <= set(test_ids(page))
    assert "statement-file" not in test_ids(page)
    assert f'aria-invalid="true" aria-describedby="problem-{field}"' in page.content.decode()
    assert f'data-field="{field}"' in page.content.decode()
    assert told(his.get(TRANSACTIONS, query, headers=HTMX)) == (400, "VALIDATION_ERROR")


def test_a_place_that_is_none_shows_the_page_too(his: Client) -> None:
    page = his.get(TRANSACTIONS, {"at": "yonder"})
    assert told(page) == (400, "VALIDATION_ERROR")
    assert "This is no place in the list." in text(page)
    assert "filter" in test_ids(page)


def test_times_name_their_zone(performer: Performer, viewer: Viewer, his: Client) -> None:
    hold = performed(come(performer), 100)
    bought(viewer, performer)
    instant = r"\d{1,2} [A-Z][a-z]{2} 20\d\d, \d\d:\d\d(:\d\d)? E[SD]T"
    for client, path in ((his, "/wallet/"), (his, TRANSACTIONS), (factories.signed_in(performer), "/queue/history/")):
        assert re.search(instant, text(client.get(path)))
    assert re.search(instant, text(factories.signed_in(performer).get(reverse("trace", args=[hold]))))
    assert moment(datetime(2026, 7, 1, 3, 4, 5, tzinfo=UTC)) == "30 Jun 2026, 23:04 EDT"
    assert moment(datetime(2026, 1, 1, 5, 4, 5, tzinfo=UTC), "seconds") == "1 Jan 2026, 00:04:05 EST"


def test_no_code_is_shown_to_people(performer: Performer, viewer: Viewer, his: Client) -> None:
    press(his, "cancel-item", bought(viewer, come(performer)))

    for path in (TRANSACTIONS, "/my/history/", "/wallet/"):
        assert "user_cancelled" not in his.get(path).content.decode()
        assert "user cancelled" not in text(his.get(path))
    assert "cancelled by the viewer" in text(his.get(TRANSACTIONS))


def test_transactions_cost_the_same_for_few_and_for_many(performer: Performer, viewer: Viewer, his: Client) -> None:
    bought(viewer, come(performer), tokens=1)
    few = statements(his, TRANSACTIONS)
    for _ in range(10):
        bought(viewer, performer, tokens=1)

    assert statements(his, TRANSACTIONS) == few <= 12


# --- the way of a hold


def test_the_way_of_a_hold_is_one_page(performer: Performer, his: Client, hers: Client) -> None:
    hold_id = performed(come(performer), 100)

    page = hers.get(reverse("trace", args=[hold_id]))

    words = text(page)
    steps = ("Tokens held", "Booked", "Started", "Completed", "Paid to the performer")
    assert [word for word in steps if word in words] == list(steps)
    assert "trace-steps" in test_ids(page)
    assert told(his.get(reverse("trace", args=[hold_id]))) == (404, "NOT_FOUND")


def test_the_sweeper_s_own_steps_are_no_part_of_the_way(performer: Performer, viewer: Viewer, his: Client) -> None:
    item = item_for(factories.actor(viewer), running(viewer, come(performer), duration_seconds=1))
    come_back(performer)
    until(lambda: database_now() > (item.ends_at or database_now()))
    sweep()
    assert [event.event for event in events_of(item.id)] == ["enqueue", "start", "warn"]
    words = text(his.get(reverse("trace", args=[item.hold_id])))
    assert "Started" in words
    assert "product itself" not in words


def test_rows_lead_to_the_way(performer: Performer, hers: Client) -> None:
    address = reverse("trace", args=[performed(come(performer), 100)])

    for path in ("/wallet/", TRANSACTIONS, "/queue/history/"):
        assert f'href="{address}"' in hers.get(path).content.decode()


def test_the_way_costs_the_same_however_long(performer: Performer, viewer: Viewer, his: Client) -> None:
    short = bought(viewer, come(performer))
    waiting = statements(his, reverse("trace", args=[item_for(factories.actor(viewer), short).hold_id]))
    press(his, "cancel-item", short)

    ended = statements(his, reverse("trace", args=[item_for(factories.actor(viewer), short).hold_id]))

    assert ended == waiting <= 12


# --- earnings


def test_the_wallet_shows_what_she_earned_by_source(performer: Performer, hers: Client) -> None:
    performed(come(performer), 1234)

    page = hers.get("/wallet/")

    assert "1,234 tokens in all; the most, 1,234, at" in text(page)
    assert "Menu 1 1,234" in text(page)
    assert {"earnings-today", "earnings-chart", "earnings-table", "earnings-sources"} <= set(test_ids(page))


@pytest.mark.parametrize("period", ["today", "week", "month"])
def test_the_chart_has_a_bar_in_its_table_for_each_hour_or_day(performer: Performer, hers: Client, period: str) -> None:
    slots = len(period_of(period, database_now(), business_zone()).starts)

    page = hers.get("/wallet/", {"period": period}).content.decode()

    table = page[page.index('data-testid="earnings-table"') :]
    assert table[: table.index("</table>")].count('<th scope="row">') == slots


def test_the_region_keeps_its_period(performer: Performer, hers: Client) -> None:
    region = hers.get(reverse("fragment-earnings"), {"period": "month"}, headers=HTMX).content.decode()

    assert f'hx-get="{reverse("fragment-earnings")}?period=month"' in region
    assert "wallet.balance.changed from:body" in region
    assert "style=" not in region


def test_a_bad_period_is_refused_and_a_viewer_earns_nothing(his: Client, hers: Client) -> None:
    refused = hers.get("/wallet/", {"period": "year"})
    assert told(refused) == (400, "VALIDATION_ERROR")
    assert "earnings-today" in test_ids(refused)
    assert "Choose today, week or month." in text(refused)
    assert told(hers.get(reverse("fragment-earnings"), {"period": "year"}, headers=HTMX)) == (400, "VALIDATION_ERROR")
    assert told(fetch(his, "fragment-earnings")) == (403, "PERMISSION_DENIED")
    assert "earnings-chart" not in test_ids(his.get("/wallet/"))


def test_the_wallet_costs_the_same_for_few_and_for_many(performer: Performer, hers: Client) -> None:
    performed(come(performer), 5)
    few = statements(hers, "/wallet/")
    for _ in range(4):
        performed(performer, 5)

    assert statements(hers, "/wallet/") == few <= 22


def test_bars_stand_on_the_base_line_and_hang_below_it() -> None:
    chart = bar_chart([("a", 100), ("b", 0), ("c", -50)], 1)

    up, none, down = chart.bars
    assert float(up.y) + float(up.height) == pytest.approx(float(chart.base), abs=0.2)
    assert (none.height, down.y, down.tokens) == ("0.0", chart.base, -50)
    assert float(down.y) + float(down.height) <= HEIGHT
    assert float(up.height) == pytest.approx(2 * float(down.height), abs=0.2)


def test_what_is_little_can_still_be_seen_and_nothing_is_nothing() -> None:
    assert float(bar_chart([("a", 1), ("b", 10**9)], 1).bars[0].height) >= 2
    assert bar_chart([("a", 0)], 1).empty
    assert bar_chart([], 1).bars == ()


def test_the_hour_that_comes_twice_has_two_names() -> None:
    zone = business_zone()
    day = period_of("today", database_now().replace(year=2025, month=11, day=2, hour=12), zone)

    labels = [slot_label("today", start.astimezone(zone)) for start in day.starts]

    assert labels[:4] == ["00:00 EDT", "01:00 EDT", "01:00 EST", "02:00 EST"]


# --- as it was


def test_staff_see_a_performer_as_she_was(performer: Performer) -> None:
    performed(come(performer), 100)
    client, at = factories.signed_in(factories.staff()), database_now().isoformat()

    page = client.get(reverse("past"), {"who": "luna", "at": at})

    assert "past" in test_ids(page)
    assert "Earned 100 tokens" in text(page)
    assert "In queue" in text(page)


@pytest.mark.parametrize(
    ("asked", "instant"),
    [
        ("2026-07-01T10:00", "1 Jul 2026, 10:00:00 EDT"),
        ("2026-01-01T10:00:05", "1 Jan 2026, 10:00:05 EST"),
        ("2026-01-01T10:00:05Z", "1 Jan 2026, 05:00:05 EST"),
        ("2025-11-02T01:30", "2 Nov 2025, 01:30:00 EDT"),  # the first of the two
        ("2026-03-08T02:30", "8 Mar 2026, 03:30:00 EDT"),  # there is no such hour
    ],
)
def test_the_past_is_asked_and_shown_in_business_time(performer: Performer, asked: str, instant: str) -> None:
    client = factories.signed_in(factories.staff())
    page = text(client.get(reverse("past"), {"who": "luna", "at": asked}))
    assert "Instant, America/Toronto" in page
    assert instant in page
    assert "UTC" not in page


def test_profile_and_status_name_the_zone_that_all_pages_name(hers: Client, settings: Any) -> None:  # noqa: ANN401 - pytest-django's own
    settings.BUSINESS_TIME_ZONE = "Asia/Tokyo"
    for name in ("profile", "status"):
        page = text(hers.get(reverse(name)))
        assert " JST" in page
        assert "UTC" not in page


@pytest.mark.parametrize(
    "at", ["9999-12-31T23:59:59", "0001-01-01T00:00+14:00", "2026-13-01T00:00", "x" * 400, "2026-01-01T00:00+99:00"]
)
def test_instants_that_are_none_are_refused_beside_their_field(performer: Performer, at: str) -> None:
    page = factories.signed_in(factories.staff()).get(reverse("past"), {"who": "luna", "at": at})
    assert told(page) == (400, "VALIDATION_ERROR")
    assert 'data-field="at"' in page.content.decode()


def test_what_staff_ask_of_the_past_is_checked(performer: Performer, hers: Client) -> None:
    client = factories.signed_in(factories.staff())
    asked = {"who": str(performer.pk), "at": "2026-01-01T10:00"}

    assert client.get(reverse("past")).status_code == 200
    assert client.get(reverse("past"), asked).status_code == 200
    for field, value, refusal in (
        ("at", "soon", (400, "VALIDATION_ERROR")),
        ("at", "2999-01-01T00:00", (400, "VALIDATION_ERROR")),
        ("who", "nobody-of-that-name", (404, "NOT_FOUND")),
    ):
        page = client.get(reverse("past"), {**asked, field: value})
        assert told(page) == refusal
        assert f'data-field="{field}"' in page.content.decode()
        assert {"past-who", "past-at"} <= set(test_ids(page))
    assert told(hers.get(reverse("past"), asked)) == (403, "PERMISSION_DENIED")


def test_a_good_filter_gets_an_address_of_its_own(his: Client) -> None:
    answer = his.get(TRANSACTIONS, {"kind": "fund", "from": ""}, headers=HTMX)

    assert answer.headers["HX-Redirect"] == f"{TRANSACTIONS}?kind=fund"


def test_the_way_is_a_region_of_its_own_for_a_push(performer: Performer, hers: Client) -> None:
    region = hers.get(reverse("trace", args=[performed(come(performer), 100)]), headers=HTMX).content.decode()

    assert region.startswith('<section class="card" id="trace"')
