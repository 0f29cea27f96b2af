"""The notification centre in the browser's terms: bell, list, toast, settings."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Performer, Viewer
from notices.models import Notice
from notices.queries import wishes_of
from notices.services import notify, save_wishes
from tests import factories
from tests.dashboard.support import HTMX, fetch, parts, press, test_ids, text, told
from tests.queue_app.support import bought, come, rich

pytestmark = pytest.mark.django_db


def tell(owner: Viewer | Performer, count: int = 1, title: str = "A song") -> None:
    for number in range(count):
        notify(owner_id=owner.pk, key="queue.item.started", variables={"title": title}, cause=f"{title}:{number}")


@pytest.fixture
def him(viewer: Viewer, his: Client) -> Viewer:
    """A viewer who has read that he is rich."""
    press(his, "read-all-notices")
    return viewer


def test_who_was_told_nothing_is_up_to_date() -> None:
    response = factories.signed_in(factories.viewer()).get("/notifications/")
    assert "You are up to date" in text(response)
    assert "unread" not in test_ids(response)


def test_the_bell_counts_on_every_page(him: Viewer, his: Client) -> None:
    tell(him, 2)
    for page in ("/rooms/", "/wallet/", "/notifications/"):
        assert "Notifications, 2 not read" in text(his.get(page))


def test_the_bell_of_a_performer_counts_too(performer: Performer, hers: Client) -> None:
    tell(performer)
    assert "Notifications, 1 not read" in text(hers.get("/"))


def test_many_are_ninety_nine_and_more(him: Viewer, his: Client) -> None:
    tell(him, 101)
    assert "Notifications, 99+ not read" in text(fetch(his, "fragment-bell"))


def test_the_list_says_them_newest_first(him: Viewer, his: Client) -> None:
    tell(him, title="First")
    tell(him, title="Second")
    page = text(his.get("/notifications/"))
    assert page.index("“Second” has started.") < page.index("“First” has started.")


def test_hostile_titles_are_text(him: Viewer, his: Client) -> None:
    tell(him, title="<script>alert(1)</script>{{ 7 }}")
    page = his.get("/notifications/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7 }}" in page


def test_older_ones_are_a_page_away_and_do_not_move(him: Viewer, his: Client) -> None:
    tell(him, 30)
    first = his.get("/notifications/")
    older = first.content.decode().partition('rel="next" href="')[2].partition('"')[0]
    second = his.get(f"/notifications/{older}")
    assert test_ids(first).count("notice") == 25
    assert test_ids(second).count("notice") >= 5
    assert "hx-get" not in second.content.decode().partition('id="notices"')[2].partition(">")[0]


def test_a_place_that_is_none_is_refused(his: Client) -> None:
    page = his.get("/notifications/?at=nowhere")
    assert told(page) == (400, "VALIDATION_ERROR")
    assert {"no-place", "notices"} <= set(test_ids(page))


def test_reading_one_changes_list_and_bell(him: Viewer, his: Client) -> None:
    tell(him, 2)
    response = press(his, "read-notice", Notice.objects.latest("id").pk)
    assert parts(response) == {"notices", "bell"}
    assert "1 new" in text(response)


def test_reading_all_leaves_nothing(him: Viewer, his: Client) -> None:
    tell(him, 3)
    assert "nothing new" in text(press(his, "read-all-notices"))


def test_a_toast_says_one_in_the_reader_s_language(him: Viewer, his: Client) -> None:
    tell(him)
    save_wishes(owner_id=him.pk, keys={}, language="es")
    response = fetch(his, "notice-toast", Notice.objects.latest("id").pk)
    said = json.loads(response.headers["HX-Trigger"])["toast"]
    spanish = {"kind": "info", "msg": "«A song» ha empezado.", "lang": "es"}
    assert (response.status_code, said) == (204, spanish)
    assert 'data-testid="notice-text" lang="es">«A song» ha empezado.' in his.get("/notifications/").content.decode()


def test_words_in_the_page_s_own_language_need_no_mark(him: Viewer, his: Client) -> None:
    tell(him)
    said = fetch(his, "notice-toast", Notice.objects.latest("id").pk).headers["HX-Trigger"]
    assert "lang" not in json.loads(said)["toast"]
    assert 'data-testid="notice-text" lang' not in his.get("/notifications/").content.decode()


def test_an_answer_in_spanish_says_so(performer: Performer, him: Viewer, his: Client) -> None:
    save_wishes(owner_id=him.pk, keys={}, language="es")
    response = press(his, "cancel-item", bought(rich(him), come(performer)))
    assert json.loads(response.headers["HX-Trigger"])["toast"]["lang"] == "es"


@pytest.mark.parametrize("name", ["notice-toast", "read-notice"])
def test_a_foreign_notice_is_not_there(him: Viewer, hers: Client, name: str) -> None:
    tell(him)
    ask = fetch if name == "notice-toast" else press
    assert told(ask(hers, name, Notice.objects.latest("id").pk)) == (404, "NOT_FOUND")
    assert told(ask(hers, name, uuid4())) == (404, "NOT_FOUND")
    assert Notice.objects.latest("id").read_at is None


@pytest.mark.parametrize("path", ["/notifications/", "/rooms/", "/f/bell/", "/f/notices/"])
def test_many_cost_what_one_costs(him: Viewer, his: Client, path: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert his.get(path, headers=HTMX).status_code == 200
        return len(caught)

    tell(him)
    few = cost()
    tell(him, 20, title="More")
    assert cost() == few


# --- what one is told


def test_the_switches_are_those_of_the_role(his: Client, hers: Client) -> None:
    viewers, performers = (set(test_ids(who.get("/settings/notifications/"))) for who in (his, hers))
    assert "switch-queue.item.third_position_notice" in viewers - performers
    assert "switch-wallet.payout.updated" in performers - viewers
    assert "switch-queue.item.started" in viewers & performers


def test_what_is_not_switched_on_is_off_and_the_others_stay(viewer: Viewer, his: Client) -> None:
    save_wishes(owner_id=viewer.pk, keys={"wallet.points.credited": False})
    shown = ["queue.item.started", "queue.position.updated"]
    response = press(his, "notice-settings", shown=shown, on="queue.position.updated", language="es")
    wishes = wishes_of(viewer.pk)
    assert response.status_code == 200
    assert [wishes.keys[key] for key in (*shown, "wallet.points.credited")] == [False, True, False]
    assert wishes.language == "es"


@pytest.mark.parametrize(
    "fields", [{"shown": "no.such.key"}, {"shown": "mood.reply.private"}, {"language": "fr"}, {"language": "en\0"}]
)
def test_what_is_not_on_the_page_is_refused(viewer: Viewer, his: Client, fields: dict[str, str]) -> None:
    before = wishes_of(viewer.pk)
    assert told(press(his, "notice-settings", **fields)) == (400, "VALIDATION_ERROR")
    assert wishes_of(viewer.pk) == before


def test_the_menu_leads_to_both_pages(hers: Client) -> None:
    page = hers.get("/").content.decode()
    assert f'href="{reverse("notices")}"' in page
    assert f'href="{reverse("notice-settings")}"' in page
