"""A person's own notices over JSON."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Viewer
from core import events
from notices.models import Notice, Preference, Reader
from notices.services import notify
from tests import factories

pytestmark = pytest.mark.django_db
ALL, READ_ALL, WISHES = "/api/v1/notifications", "/api/v1/notifications/read-all", "/api/v1/notifications/preferences"


@pytest.fixture
def him() -> Viewer:
    return factories.viewer()


def tell(owner: Viewer, count: int = 1, key: str = "queue.item.started") -> None:
    for number in range(count):
        notify(owner_id=owner.pk, key=key, variables={"title": f"<i>{number}</i>"}, cause=f"{key}:{number}")


def listed(client: Any, **headers: str) -> dict[str, Any]:  # noqa: ANN401 - a test client
    answer = client.get(ALL, **headers)
    assert answer.status_code == 200
    page: dict[str, Any] = answer.json()
    return page


def test_notices_come_newest_first_with_words_and_count(him: Viewer) -> None:
    tell(him, 2)
    page = listed(factories.bearer(him))
    assert [row["text"] for row in page["results"]] == ["“<i>1</i>” has started.", "“<i>0</i>” has started."]
    assert page["results"][0]["templateKey"] == "queue.item.started"
    assert page["results"][0]["readAt"] is None
    assert page["unread"] == 2


def test_nobody_reads_another_s(him: Viewer) -> None:
    tell(him)
    assert listed(factories.bearer(factories.viewer()))["results"] == []


def test_pages_go_by_cursor(him: Viewer) -> None:
    tell(him, 3)
    client = factories.bearer(him)
    first = client.get(f"{ALL}?limit=2").json()
    second = client.get(first["next"]).json()
    assert [len(first["results"]), len(second["results"]), second["next"]] == [2, 1, None]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=0020000", "limit=0001" + "9" * 30, "cursor=nonsense"]
)
def test_bad_places_are_refused_by_field(him: Viewer, query: str) -> None:
    answer = factories.bearer(him).get(f"{ALL}?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["attr"]) == (400, query.partition("=")[0])


def test_many_cost_what_one_costs(him: Viewer) -> None:
    client = factories.bearer(him)
    tell(him)
    listed(client)  # a first request has work of its own: the sign-in is marked as seen
    with CaptureQueriesContext(connection) as few:
        listed(client)
    tell(him, 10)
    notify(owner_id=him.pk, key="wallet.points.credited", variables={"tokens": 5}, cause="other")
    with CaptureQueriesContext(connection) as many:
        listed(client)
    assert len(many) == len(few)


def test_the_browser_s_language_is_asked_where_none_is_chosen(him: Viewer) -> None:
    tell(him)
    client = factories.bearer(him)
    spanish = listed(client, HTTP_ACCEPT_LANGUAGE="fr, es-MX;q=0.8, en;q=0.5")["results"][0]["text"]
    assert spanish == "«<i>0</i>» ha empezado."
    assert listed(client, HTTP_ACCEPT_LANGUAGE="fr, de")["results"][0]["text"].endswith("has started.")


@pytest.mark.parametrize("header", ["", "*", ";;;q=", "x" * 5000, "es;q=nan"])
def test_odd_languages_are_no_fault(him: Viewer, header: str) -> None:
    assert factories.bearer(him).get(ALL, HTTP_ACCEPT_LANGUAGE=header).status_code == 200


def test_the_chosen_language_wins(him: Viewer) -> None:
    tell(him)
    Reader.objects.create(owner=him.user, language="es")
    page = listed(factories.bearer(him), HTTP_ACCEPT_LANGUAGE="en")
    assert page["results"][0]["text"].endswith("ha empezado.")


# --- reading


def test_reading_counts_down_and_again_is_fine(him: Viewer) -> None:
    tell(him, 2)
    client, notice = factories.bearer(him), Notice.objects.latest("id")
    first = client.post(f"{ALL}/{notice.pk}/read").json()
    again = client.post(f"{ALL}/{notice.pk}/read").json()
    assert first["readAt"] == again["readAt"] is not None
    assert listed(client)["unread"] == 1


def test_a_foreign_notice_is_not_found(him: Viewer) -> None:
    tell(him)
    answer = factories.bearer(factories.viewer()).post(f"{ALL}/{Notice.objects.get().pk}/read")
    assert (answer.status_code, answer.json()["error"]) == (404, "NOT_FOUND")
    assert Notice.objects.get().read_at is None


def test_a_notice_that_is_not_there_is_not_found(him: Viewer) -> None:
    assert factories.bearer(him).post(f"{ALL}/{uuid4()}/read").status_code == 404


def test_all_are_read_at_once_and_others_stay(him: Viewer) -> None:
    other = factories.viewer()
    tell(him, 3)
    tell(other)
    assert factories.bearer(him).post(READ_ALL).json() == {"unread": 0}
    assert listed(factories.bearer(other))["unread"] == 1


def test_other_devices_hear_that_something_was_read(him: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    tell(him)
    monkeypatch.setattr(events, "send_now", lambda _rooms, frame: sent.append(frame))
    monkeypatch.setattr("core.events.transaction.on_commit", lambda send: send())
    for _ in range(2):
        factories.bearer(him).post(READ_ALL)
    assert [frame["event"] for frame in sent] == ["notification.read"]


# --- wishes


def put(him: Viewer, body: object) -> Any:  # noqa: ANN401 - a response
    return factories.bearer(him).put(WISHES, body, format="json")


def test_wishes_begin_with_the_registry(him: Viewer) -> None:
    wishes = factories.bearer(him).get(WISHES).json()
    assert wishes["language"] is None
    assert (wishes["keys"]["queue.item.started"], wishes["keys"]["queue.position.updated"]) == (True, False)
    assert "mood.gratitude.public" not in wishes["keys"]


def test_keys_are_merged(him: Viewer) -> None:
    put(him, {"keys": {"queue.item.started": False}})
    wishes = put(him, {"keys": {"queue.position.updated": True}, "language": "es"}).json()
    assert (wishes["keys"]["queue.item.started"], wishes["keys"]["queue.position.updated"]) == (False, True)
    assert put(him, {}).json() == wishes
    assert put(him, {"language": None}).json()["language"] is None


def test_an_alias_switches_its_key(him: Viewer) -> None:
    wishes = put(him, {"keys": {"queue.item.completed": False}}).json()
    assert wishes["keys"]["queue.item.finished"] is False


@pytest.mark.parametrize(
    ("body", "attr", "code"),
    [
        ({"keys": {"no.such": True}}, "keys.no.such", "unknown_key"),
        ({"keys": {"mood.reply.private": True}}, "keys.mood.reply.private", "unknown_key"),
        ({"keys": {"queue.item.started": "yes"}}, "keys.queue.item.started", "invalid"),
        ({"keys": {"queue.item.started": None}}, "keys.queue.item.started", "invalid"),
        ({"keys": []}, "keys", "not_an_object"),
        ({"language": "fr"}, "language", "invalid_choice"),
        ({"sound": True}, "sound", "unknown_field"),
    ],
)
def test_bad_wishes_are_refused_by_field_and_change_nothing(him: Viewer, body: object, attr: str, code: str) -> None:
    answer = put(him, body)
    assert answer.status_code == 400
    assert [(error["attr"], error["code"]) for error in answer.json()["errors"]] == [(attr, code)]
    assert not Preference.objects.exists()
    assert not Reader.objects.exists()


def test_what_is_switched_off_is_not_told(him: Viewer) -> None:
    put(him, {"keys": {"queue.item.started": False}})
    tell(him)
    assert listed(factories.bearer(him))["results"] == []
