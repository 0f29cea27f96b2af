"""A viewer's side: rooms, buying, cancelling; tokens move once or not at all."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from accounts.models import Performer, Viewer
from core.htmx import field_words
from dashboard.templatetags.ui import span
from notices.models import Notice
from notices.queries import say
from queue_app import policies, services
from queue_app.models import QueueItem
from queue_app.queries import item_for
from queue_app.states import DEFAULT_DURATION_SECONDS
from tests import factories
from tests.dashboard.support import fetch, on_sale, parts, press, test_ids, text, told
from tests.drills.waiting import until
from tests.queue_app.support import asked, bought, buying, come, depth_of, rich, running, status_of, tokens_of
from wallet.queries import database_now

pytestmark = pytest.mark.django_db
AMOUNT = re.compile(r'<td class="end amount">(.*?)</td>')


def test_a_room_shows_what_she_sells(performer: Performer, his: Client) -> None:
    on_sale(come(performer), 250)
    assert performer.stage_name in text(his.get("/rooms/"))
    page = his.get(reverse("room", args=[performer.pk]))
    assert "A song" in text(page)
    assert "250 tokens" in text(page)


def test_a_room_of_nobody(his: Client) -> None:
    assert told(his.get(reverse("room", args=[uuid4()]))) == (404, "NOT_FOUND")
    assert told(fetch(his, "fragment-offer", uuid4())) == (404, "NOT_FOUND")


def test_a_page_that_htmx_names_badly_is_no_page(performer: Performer, his: Client) -> None:
    on_sale(come(performer))
    named = {"HX-Request": "true", "HX-Current-URL": "http://[bad"}
    assert his.get(reverse("fragment-offer", args=[performer.pk]), headers=named).status_code == 200


def test_buying_holds_the_tokens_and_shows_the_place(performer: Performer, viewer: Viewer, his: Client) -> None:
    item = on_sale(come(performer), 250)
    response = press(his, "buy", performer.pk, item)
    assert tokens_of(viewer) == (750, 250)
    assert parts(response) == {"my-items", "wallet", "balance", "offer"}
    assert "Tokens held: 250." in response.headers["HX-Trigger"]
    assert "my-item" in test_ids(response)


def test_the_same_press_buys_once(performer: Performer, viewer: Viewer, his: Client) -> None:
    item, key = on_sale(come(performer)), str(uuid4())
    for _ in range(3):
        assert press(his, "buy", performer.pk, item, key=key).status_code == 200
    assert (tokens_of(viewer), depth_of(performer)) == ((900, 100), 1)


def test_without_a_key_nothing_is_bought(performer: Performer, viewer: Viewer, his: Client) -> None:
    item = on_sale(come(performer))
    response = his.post(reverse("buy", args=[performer.pk, item]), {}, headers={"HX-Request": "true"})
    assert told(response) == (400, "IDEMPOTENCY_KEY_REQUIRED")
    assert tokens_of(viewer) == (1000, 0)


def test_too_few_tokens(performer: Performer, viewer: Viewer, his: Client) -> None:
    item = on_sale(come(performer), 1001)
    assert told(press(his, "buy", performer.pk, item)) == (402, "INSUFFICIENT_BALANCE")
    assert tokens_of(viewer) == (1000, 0)


def test_she_is_away(performer: Performer, viewer: Viewer, his: Client) -> None:
    item = on_sale(performer)
    assert 'aria-disabled="true"' in his.get(reverse("room", args=[performer.pk])).content.decode()
    assert told(press(his, "buy", performer.pk, item)) == (409, "PERFORMER_UNAVAILABLE")
    assert tokens_of(viewer) == (1000, 0)


def paused(performer: Performer, *, now: bool = True) -> None:
    """Staff stop what comes to her queue, or let it come."""
    staff = factories.actor(factories.staff())
    services.pause_intake(by=staff, performer_id=performer.pk, paused=now, reason="she asked us to")


def test_while_her_intake_is_paused_the_room_says_so_and_speaks_of_no_charge(performer: Performer, his: Client) -> None:
    on_sale(come(performer))
    paused(performer)
    shut = fetch(his, "fragment-offer", performer.pk)
    assert "She takes no new bookings at the moment." in text(shut)
    assert "Nothing was charged" not in text(shut)
    assert "aria-disabled" in shut.content.decode()
    paused(performer, now=False)
    assert "aria-disabled" not in fetch(his, "fragment-offer", performer.pk).content.decode()


def test_her_own_pages_say_that_her_intake_is_paused(performer: Performer, hers: Client) -> None:
    promise = "What viewers buy from your menu lands here"
    paused(performer)
    for page in (hers.get("/"), hers.get("/queue/"), fetch(hers, "fragment-queue")):
        assert "intake-paused" in test_ids(page)
        assert promise not in text(page)
    paused(performer, now=False)
    open_again = fetch(hers, "fragment-queue")
    assert ("intake-paused" in test_ids(open_again), promise in text(open_again)) == (False, True)


def test_a_room_where_nothing_waits_says_so_before_the_buyer_pays(performer: Performer, his: Client) -> None:
    on_sale(come(performer))
    warned = []
    for mode in ("OFF", "ON"):
        services.save_settings(performer_id=performer.pk, changes={"mode": mode})
        warned.append("at-once" in test_ids(fetch(his, "fragment-offer", performer.pk)))
    assert warned == [True, False]


def test_what_is_not_on_sale(performer: Performer, his: Client) -> None:
    assert told(press(his, "buy", come(performer).pk, uuid4())) == (404, "NOT_FOUND")


@pytest.mark.parametrize("room", ["another", "nobody"])
def test_an_item_is_bought_in_its_own_room(room: str, performer: Performer, viewer: Viewer, his: Client) -> None:
    item = on_sale(come(performer))
    elsewhere = come(factories.performer()).pk if room == "another" else uuid4()
    assert told(press(his, "buy", elsewhere, item)) == (404, "NOT_FOUND")
    assert (tokens_of(viewer), depth_of(performer)) == ((1000, 0), 0)


def test_a_performer_does_not_buy(performer: Performer, hers: Client) -> None:
    item = on_sale(come(factories.performer()))
    assert told(press(hers, "buy", performer.pk, item)) == (403, "PERMISSION_DENIED")


def test_cancelling_gives_everything_back(performer: Performer, viewer: Viewer, his: Client) -> None:
    item = bought(viewer, come(performer))
    response = press(his, "cancel-item", item)
    assert (status_of(item), tokens_of(viewer)) == ("refunded", (1000, 0))
    assert "my-item" not in test_ids(response)


def test_what_runs_is_not_cancelled(performer: Performer, viewer: Viewer, his: Client) -> None:
    item = running(viewer, come(performer))
    assert told(press(his, "cancel-item", item)) == (409, "INVALID_STATE_TRANSITION")
    assert status_of(item) == "started"
    assert "cancel-item" not in test_ids(his.get("/my/queue/"))


def test_a_booking_of_somebody_else_does_not_exist(performer: Performer, his: Client) -> None:
    item = bought(rich(factories.viewer()), come(performer))
    assert told(press(his, "cancel-item", item)) == (404, "NOT_FOUND")
    assert status_of(item) == "created"
    assert "my-item" not in test_ids(his.get("/my/queue/"))


def test_the_place_follows_from_who_is_ahead(performer: Performer, viewer: Viewer, his: Client) -> None:
    bought(rich(factories.viewer()), come(performer), duration_seconds=600)
    bought(viewer, performer)
    assert "number 2 in line" in text(fetch(his, "fragment-my-items"))
    assert "in about 10 min" in text(fetch(his, "fragment-my-items"))


def test_history_is_his_own(performer: Performer, viewer: Viewer, his: Client) -> None:
    press(his, "cancel-item", bought(viewer, come(performer), title="Mine"))
    bought(rich(factories.viewer()), performer, title="Theirs")
    page = text(his.get("/my/history/"))
    assert "Mine" in page
    assert "refunded: cancelled by the viewer" in page
    assert "Theirs" not in page


def test_who_performs_and_buys_sees_each_in_its_place(performer: Performer, viewer: Viewer, hers: Client) -> None:
    performed = bought(viewer, come(performer), title="She sang")
    paid = bought(buying(performer), come(factories.performer()), title="She bought")
    for item_id in (performed, paid):
        services.refund(by=factories.actor(factories.staff()), item_id=item_id)
    pages = [text(hers.get(path)) for path in ("/queue/history/", "/my/history/")]
    assert [("She sang" in page, "She bought" in page) for page in pages] == [(True, False), (False, True)]


@pytest.mark.parametrize(
    ("started", "words"), [(True, "refunded: the performer ended it early"), (False, "given back by the performer")]
)
def test_history_tells_an_early_end_from_a_refusal(
    performer: Performer, viewer: Viewer, his: Client, started: bool, words: str
) -> None:
    item = (running if started else bought)(viewer, come(performer))
    services.abandon(by=factories.actor(performer), item_id=item)
    assert words in text(his.get("/my/history/"))


def test_what_was_not_started_in_time_is_said_as_the_notice_says_it(
    performer: Performer, viewer: Viewer, hers: Client, his: Client
) -> None:
    staff = factories.actor(factories.staff())
    services.abandon(by=staff, item_id=bought(viewer, come(performer)), reason="timeout")
    services.refund(by=staff, item_id=bought(viewer, performer), reason="admin_refund")
    told_him = " ".join(say(row.key, row.variables, "en").text for row in Notice.objects.filter(owner=viewer.pk))
    pages = [text(his.get("/my/history/")), text(hers.get("/queue/history/"))]
    for words in ("it was not started in time", "our team decided so"):
        assert words in told_him
        assert all(f"refunded: {words}" in page for page in pages)


def test_histories_print_what_was_paid_of_what_was_booked(
    performer: Performer, viewer: Viewer, hers: Client, his: Client
) -> None:
    press(his, "cancel-item", bought(viewer, come(performer), tokens=150))
    services.finish(by=factories.actor(performer), item_id=running(viewer, performer, tokens=25), settled=10)
    services.join(by=factories.actor(performer), performer_id=performer.pk)
    services.finish(by=factories.actor(performer), item_id=running(viewer, performer, tokens=40))
    for page in (his.get("/my/history/"), hers.get("/queue/history/")):
        amounts = [" ".join(re.sub("<[^>]+>", "", cell).split()) for cell in AMOUNT.findall(page.content.decode())]
        assert amounts == ["40 tokens", "10 of 25 tokens", "0 of 150 tokens"]


def test_beyond_the_booked_time_nothing_is_left(performer: Performer, viewer: Viewer, his: Client) -> None:
    ends_at = item_for(factories.actor(viewer), running(viewer, come(performer), duration_seconds=2)).ends_at
    assert re.search(r"running, 00:0[12] left", text(fetch(his, "fragment-my-items")))
    until(lambda: database_now() > (ends_at or database_now()))
    assert re.search(r"running, \+?00:\d\d over the booked time", text(fetch(his, "fragment-my-items")))


def test_history_tells_what_was_reversed(performer: Performer, viewer: Viewer, his: Client) -> None:
    item = running(viewer, come(performer))
    services.finish(by=factories.actor(performer), item_id=item)
    services.reverse(by=factories.actor(factories.staff()), item_id=item, reason="complaint", key="r")
    for page in (his.get("/my/history/"), factories.signed_in(performer.user).get("/queue/history/")):
        assert "reversed, 100 given back" in text(page)


def test_what_still_waits_is_no_history(performer: Performer, viewer: Viewer, his: Client) -> None:
    bought(viewer, come(performer), title="Not yet")
    assert "Not yet" not in text(his.get("/my/history/"))
    assert "Not yet" in text(his.get("/my/queue/"))


# --- whoever is next


def test_asking_for_whoever_is_next(viewer: Viewer, his: Client) -> None:
    assert "request-next" in test_ids(his.get("/rooms/"))
    response = press(his, "request-next", tokens="40", title="A song", durationSeconds="")
    assert "40 tokens held. The next free performer gets it." in response.headers["HX-Trigger"]
    assert parts(response) == {"my-items", "wallet", "balance", "next"}
    assert tokens_of(viewer) == (960, 40)
    assert "waits for a free performer" in text(his.get("/my/queue/"))


def test_a_performer_in_the_line_has_it_at_once(performer: Performer, viewer: Viewer, his: Client) -> None:
    come(performer)
    response = press(his, "request-next", tokens="40", title="A song", durationSeconds="120")
    assert "A performer has it: you are number 1 in line." in response.headers["HX-Trigger"]
    assert performer.stage_name in text(his.get("/my/queue/"))


def test_the_form_says_how_long_is_booked_where_nothing_is_said(
    performer: Performer, viewer: Viewer, hers: Client, his: Client
) -> None:
    page = text(his.get("/rooms/"))
    assert f"At most 3,600. Empty: {DEFAULT_DURATION_SECONDS} seconds are booked." in page
    press(his, "request-next", tokens="40", title="A wave", durationSeconds="")
    come(performer)
    assert f"{span(DEFAULT_DURATION_SECONDS)}" in text(fetch(hers, "fragment-queue"))
    press(hers, "start-next")
    item = QueueItem.objects.annotate(booked=F("ends_at") - F("started_at")).get()
    assert (item.duration_seconds, item.booked) == (None, timedelta(seconds=DEFAULT_DURATION_SECONDS))
    assert f'data-duration="{DEFAULT_DURATION_SECONDS}"' in his.get("/my/queue/").content.decode()


def test_a_request_is_taken_back_before_anybody_has_it(viewer: Viewer, his: Client) -> None:
    item = asked(viewer)
    assert press(his, "cancel-item", item).status_code == 200
    assert tokens_of(viewer) == (1000, 0)
    assert "whoever is next" in text(his.get("/my/history/"))


def test_a_share_that_is_taken_shuts_the_form_in_the_services_words(viewer: Viewer, his: Client) -> None:
    assert "At most 5 of yours may wait at a time." in text(his.get("/rooms/"))
    items = [asked(viewer, tokens=1) for _ in range(5)]
    page = his.get("/rooms/")
    assert "queue.item.started from:body" in page.content.decode().partition('id="next-gate"')[2].partition(">")[0]
    refused = press(his, "request-next", tokens="1", title="A song")
    assert told(refused) == (409, "QUEUE_FULL")
    assert all(policies.SHARE_TAKEN in text(seen) for seen in (page, fetch(his, "fragment-next-gate"), refused))
    press(his, "cancel-item", items[0])
    assert policies.SHARE_TAKEN not in text(fetch(his, "fragment-next-gate"))


@pytest.mark.parametrize(
    ("fields", "attr"),
    [
        ({"tokens": ""}, "tokens"),
        ({"tokens": "1.5"}, "tokens"),
        ({"title": " "}, "title"),
        ({"title": "call +1 416 555 0199"}, "title"),
        ({"durationSeconds": "3601"}, "durationSeconds"),
    ],
)
def test_each_field_of_a_request_has_its_words(viewer: Viewer, his: Client, fields: dict[str, str], attr: str) -> None:
    refused = press(his, "request-next", **{"tokens": "40", "title": "A song", **fields})
    assert told(refused) == (400, "VALIDATION_ERROR")
    assert f'data-field="{attr}">{field_words(attr)}: ' in refused.content.decode()
    assert tokens_of(viewer) == (1000, 0)


def test_no_form_chooses_the_mode(performer: Performer, viewer: Viewer, his: Client) -> None:
    item = on_sale(come(performer))
    assert told(press(his, "buy", performer.pk, item, mode="OFF")) == (400, "INVALID_MODE")
    assert told(press(his, "request-next", tokens="4", title="A song", mode="OFF")) == (400, "INVALID_MODE")
    assert tokens_of(viewer) == (1000, 0)
    booked = bought(viewer, performer)
    assert told(press(his, "cancel-item", booked, mode="OFF")) == (400, "INVALID_MODE")
    assert tokens_of(viewer) == (900, 100)


def test_history_turns_its_pages(performer: Performer, viewer: Viewer, his: Client) -> None:
    come(performer)
    for number in range(27):
        press(his, "cancel-item", bought(viewer, performer, tokens=1, title=f"Song {number:02d}"))
    first = his.get("/my/history/")
    assert "Song 26" in text(first)
    assert "Song 01" not in text(first)
    older = first.content.decode().split('rel="next" href="')[1].split('"')[0]
    assert "Song 01" in text(his.get(f"/my/history/{older}"))


@pytest.mark.parametrize("path", ["/my/history/", "/wallet/transactions/"])
@pytest.mark.parametrize("mark", ["x", "n_x_y", "o_2026-01-01_x", "'; DROP TABLE x; --", "%00"])
def test_a_place_in_a_list_that_is_none(his: Client, path: str, mark: str) -> None:
    page = his.get(f"{path}?at={mark}")
    assert told(page) == (400, "VALIDATION_ERROR")
    assert "This is no place in the list." in text(page)
    assert 'class="shell"' in page.content.decode()


@pytest.mark.parametrize("mark", ["garbage", "<script>alert(1)</script>", "0", "é" * 300])
def test_a_history_without_that_place_shows_its_newest_and_says_so(
    performer: Performer, viewer: Viewer, hers: Client, his: Client, mark: str
) -> None:
    press(his, "cancel-item", bought(viewer, come(performer), title="A wave"))
    for client, name in ((hers, "queue-history"), (his, "my-history")):
        page = client.get(reverse(name), {"at": mark})
        assert (told(page), "no-place" in test_ids(page)) == ((400, "VALIDATION_ERROR"), True)
        assert "A wave" in text(page)
        assert f'href="{reverse(name)}">To the first page' in page.content.decode()
        assert "<script>alert" not in page.content.decode()
        assert "no-place" not in test_ids(client.get(reverse(name)))


def test_transactions_are_his_own(performer: Performer, viewer: Viewer, his: Client) -> None:
    bought(viewer, come(performer), tokens=123)
    rich(factories.viewer(), 4567)
    page = text(his.get("/wallet/transactions/"))
    assert "Tokens held" in page
    assert "123 tokens" in page
    assert "4,567" not in page


def test_transactions_turn_their_pages(viewer: Viewer, his: Client) -> None:
    for _ in range(30):
        rich(viewer, 7)
    first = his.get("/wallet/transactions/")
    older = first.content.decode().split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = his.get(f"/wallet/transactions/{older}")
    assert second.status_code == 200
    assert "1,000 tokens" in text(second)
