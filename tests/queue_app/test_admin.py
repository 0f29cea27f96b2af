"""The staff's pages of the queue and the states."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Performer, Viewer
from audit.models import AuditEntry
from modelstate.states import State
from queue_app import services
from tests import factories
from tests.queue_app.support import asked, bought, earned_by, rich, running, state_of, status_of, tokens_of

pytestmark = pytest.mark.django_db
PAGES = ["queue_app_queueitem", "queue_app_queueevent", "queue_app_performerqueue"]
STATE_PAGES = ["modelstate_modelstate", "modelstate_statechange"]


@pytest.fixture
def desk() -> Client:
    """A member of the staff, not a superuser."""
    return factories.signed_in(factories.staff())


def act(desk: Client, action: str, *items: UUID, reason: str | None = "the viewer wrote to us", **more: str) -> Any:  # noqa: ANN401 - a response
    """Choose an action for items; with a reason also the second page is sent, with what it asks besides."""
    body: dict[str, Any] = {"action": action, "_selected_action": [str(item) for item in items]}
    if reason is not None:
        body |= {"reason": reason, "key": "0192f1d0-0000-7000-8000-000000000001", **more}
    return desk.post(reverse("admin:queue_app_queueitem_changelist"), body, follow=True)


@pytest.mark.parametrize("page", PAGES + STATE_PAGES)
def test_staff_read_the_lists(desk: Client, performer: Performer, viewer: Viewer, page: str) -> None:
    running(viewer, performer)
    answer = desk.get(reverse(f"admin:{page}_changelist"))
    assert answer.status_code == 200
    assert desk.get(reverse(f"admin:{page}_add")).status_code == 403


@pytest.mark.parametrize("page", PAGES + STATE_PAGES)
def test_nobody_else_does(performer: Performer, page: str) -> None:
    for client in (Client(), factories.signed_in(performer)):
        answer = client.get(reverse(f"admin:{page}_changelist"))
        assert answer.status_code in {302, 403}


def test_an_items_page_shows_its_history(desk: Client, performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    answer = desk.get(reverse("admin:queue_app_queueitem_change", args=[item_id]))
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Booked" in text
    assert "Started" in text
    assert 'name="_save"' not in text


def test_steps_and_reasons_are_words(desk: Client, performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    services.abandon(by=factories.actor(factories.staff()), item_id=item_id)
    for page in (
        desk.get(reverse("admin:queue_app_queueitem_change", args=[item_id])),
        desk.get(reverse("admin:queue_app_queueevent_changelist")),
    ):
        shown = page.content.decode()
        assert all(words in shown for words in ("Booked", "Started", "Ended early", "our team decided so"))
        assert ">admin_refund<" not in shown


def test_without_a_reason_nothing_happens(desk: Client, performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    for reason in (None, "", "   "):
        act(desk, "refund", item_id, reason=reason)
    assert (status_of(item_id), AuditEntry.objects.filter(action__endswith="refund").count()) == ("created", 0)


@pytest.mark.parametrize("action", ["abandon", "refund"])
def test_staff_give_the_tokens_back_and_leave_a_trace(
    desk: Client, performer: Performer, viewer: Viewer, action: str
) -> None:
    item_id = running(viewer, performer)
    act(desk, action, item_id)
    assert (status_of(item_id), tokens_of(viewer), state_of(performer)) == ("refunded", (1000, 0), State.IDLE)
    traces = AuditEntry.objects.filter(target_id=str(item_id)).values_list("action", "reason")
    assert set(traces) == {(f"admin.{action}", "the viewer wrote to us"), (f"queue.{action}", "admin_refund")}


def test_staff_start_the_head(desk: Client, performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    act(desk, "start", item_id)
    assert (status_of(item_id), state_of(performer)) == ("started", State.PERFORMING)


def test_staff_finish_in_part_and_the_rest_goes_back(desk: Client, performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    act(desk, "finish", item_id, settled="60")
    assert (status_of(item_id), earned_by(performer), tokens_of(viewer)) == ("finished", 60, (940, 0))
    [done] = AuditEntry.objects.filter(target_id=str(item_id), action="queue.finish")
    assert (done.after, done.reason) == ({"status": "finished", "tokens": 100, "settled": 60}, "partial_performance")
    assert AuditEntry.objects.get(target_id=str(item_id), action="admin.finish").reason == "the viewer wrote to us"


def test_without_a_number_staff_finish_wholly(desk: Client, performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    act(desk, "finish", item_id, settled="")
    assert (status_of(item_id), earned_by(performer), tokens_of(viewer)) == ("finished", 100, (900, 0))


def test_a_part_that_is_none_is_refused_as_everywhere(desk: Client, performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    assert "Settle 1 to 100 tokens" in act(desk, "finish", item_id, settled="101").content.decode()
    assert act(desk, "finish", item_id, settled="0").status_code == 422
    assert status_of(item_id) == "started"


def test_what_waits_is_not_finished(desk: Client, performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    assert "(INVALID_STATE_TRANSITION)" in act(desk, "finish", item_id, settled="60").content.decode()
    assert (status_of(item_id), tokens_of(viewer)) == ("created", (900, 100))


@pytest.mark.parametrize(
    ("settled", "words"),
    [
        ("", "if finished: 100 paid to the performer"),
        ("60", "if finished: 60 paid to the performer, 40 back to the viewer"),
        ("101", "settled: Settle 1 to 100 tokens; else abandon or refund."),
        ("many", "if finished: Enter a whole number."),
    ],
)
def test_the_page_shows_what_it_settles_before_it_does(
    desk: Client, performer: Performer, viewer: Viewer, settled: str, words: str
) -> None:
    item_id = running(viewer, performer)
    page = act(desk, "finish", item_id, reason="half of it", settled=settled, look="1").content.decode()
    assert words in page
    assert "half of it" in page
    assert (status_of(item_id), AuditEntry.objects.filter(action="admin.finish").exists()) == ("started", False)


def test_the_page_before_a_step_names_people_and_the_item(desk: Client, performer: Performer, viewer: Viewer) -> None:
    item_id, other = bought(viewer, performer, title="A slow dance"), asked(rich(factories.viewer()))
    page = act(desk, "refund", item_id, other, reason=None).content.decode()
    assert all(words in page for words in ("A slow dance", f"performer: {performer.stage_name}", f"viewer: {viewer}"))
    assert "performer: whoever is next" in page
    assert f'<small class="quiet">{item_id}</small>' in page
    assert str(performer.pk) not in page


def test_the_page_before_a_pause_names_whose_queue_it_is(desk: Client, performer: Performer, viewer: Viewer) -> None:
    bought(viewer, performer)
    chosen = {"action": "pause_intake", "_selected_action": [str(performer.pk)]}
    page = desk.post(reverse("admin:queue_app_performerqueue_changelist"), chosen).content.decode()
    assert f"<strong>queue of {performer.stage_name}</strong>" in page
    assert "waiting and running: 1" in page
    assert f'<small class="quiet">{performer.pk}</small>' in page


def test_the_page_before_a_step_asks_as_much_for_many(
    desk: Client,
    performer: Performer,
    viewer: Viewer,
    django_assert_num_queries: Any,  # noqa: ANN401 - pytest-django's
) -> None:
    items = [bought(viewer, performer) for _ in range(4)]
    act(desk, "refund", items[0], reason=None)
    with CaptureQueriesContext(connection) as one:
        act(desk, "refund", items[0], reason=None)
    with django_assert_num_queries(len(one)):
        act(desk, "refund", *items, reason=None)


def test_a_running_items_page_shows_what_its_ends_settle(desk: Client, performer: Performer, viewer: Viewer) -> None:
    page = desk.get(reverse("admin:queue_app_queueitem_change", args=[running(viewer, performer)])).content.decode()
    assert "finished: 100 paid to the performer; abandoned: 100 back to the viewer" in page


def test_a_refusal_has_the_services_words_and_the_others_go_on(
    desk: Client, performer: Performer, viewer: Viewer
) -> None:
    ended, waiting = bought(viewer, performer), bought(viewer, performer)
    services.cancel(by=factories.actor(viewer), item_id=ended)
    answer = act(desk, "refund", ended, waiting)
    assert "This item was refunded. (INVALID_STATE_TRANSITION)" in answer.content.decode()
    assert status_of(waiting) == "refunded"
    assert not AuditEntry.objects.filter(target_id=str(ended), action="admin.refund").exists()


def test_a_page_sent_twice_acts_once(desk: Client, performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    act(desk, "refund", item_id)
    act(desk, "refund", item_id)
    assert tokens_of(viewer) == (1000, 0)
    assert AuditEntry.objects.filter(target_id=str(item_id), action="admin.refund").count() == 1


def test_the_api_leaves_the_trace_of_staff_and_of_nobody_else(performer: Performer, viewer: Viewer) -> None:
    hers, theirs = bought(viewer, performer), bought(viewer, performer)
    services.abandon(by=factories.actor(performer), item_id=hers)
    staff = factories.staff()
    services.abandon(by=factories.actor(staff), item_id=theirs, reason="technical_error")
    [trace] = AuditEntry.objects.filter(action__startswith="queue.")
    assert (trace.target_id, trace.actor_id, trace.reason) == (str(theirs), str(staff.pk), "technical_error")
    assert trace.after == {"status": "refunded", "tokens": 100}
