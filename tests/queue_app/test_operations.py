"""What staff do to queues, and how they see how these are doing."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Performer, Viewer
from audit.models import AuditEntry
from core import gauges
from core.actors import Actor
from core.exceptions import NotFound
from core.heartbeats import SWEEPER, beat
from core.models import Heartbeat
from modelstate.exceptions import InvalidStateTransition
from notices.models import Notice
from queue_app import health, services
from queue_app.exceptions import IntakePaused
from queue_app.models import PerformerQueue, QueueEvent, QueueItem
from queue_app.queries import queue_of
from tests import factories
from tests.queue_app.support import asked, bought, come, rich, running, tokens_of
from wallet.exceptions import CannotAdjustOwnWallet
from wallet.services import place_hold

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Any:  # noqa: ANN401 - an account
    return factories.staff()


@pytest.fixture
def desk(staff: Any) -> Client:  # noqa: ANN401 - an account
    return factories.signed_in(staff)


def pause(staff: Any, performer: Performer, *, paused: bool = True) -> bool:  # noqa: ANN401 - an account
    by = factories.actor(staff)
    return services.pause_intake(by=by, performer_id=performer.pk, paused=paused, reason="she asked us to")


def order(performer: Performer) -> list[UUID]:
    return [item.id for item in queue_of(performer.pk).items]


def test_a_paused_intake_takes_nothing_new_and_keeps_what_is_there(
    staff: Any,  # noqa: ANN401
    performer: Performer,
    viewer: Viewer,
) -> None:
    first = bought(viewer, performer)
    assert pause(staff, performer)
    before = tokens_of(viewer)
    with pytest.raises(IntakePaused):
        bought(viewer, performer)
    assert order(performer) == [first]
    services.start(by=factories.actor(performer), item_id=first)
    assert tokens_of(viewer)[0] + tokens_of(viewer)[1] == sum(before)


def test_a_second_pause_changes_nothing_and_leaves_no_second_entry(
    staff: Any,  # noqa: ANN401
    performer: Performer,
) -> None:
    assert pause(staff, performer)
    assert not pause(staff, performer)
    entry = AuditEntry.objects.get(action="queue.intake")
    assert (entry.before, entry.after) == ({"intake_paused": False}, {"intake_paused": True})
    assert pause(staff, performer, paused=False)
    assert AuditEntry.objects.filter(action="queue.intake").count() == 2


def test_who_is_paused_and_opened_again_is_told_each_time_once(
    staff: Any,  # noqa: ANN401
    performer: Performer,
) -> None:
    for paused in (True, True, False, False, True):
        pause(staff, performer, paused=paused)
    told = Notice.objects.filter(owner_id=performer.pk).order_by("id").values_list("key", flat=True)
    assert list(told) == ["queue.intake.paused", "queue.intake.resumed", "queue.intake.paused"]


def test_who_is_paused_gets_no_request_until_the_intake_is_open_again(
    staff: Any,  # noqa: ANN401
    performer: Performer,
    viewer: Viewer,
) -> None:
    pause(staff, performer)
    item_id = asked(viewer)
    assert QueueItem.objects.get(pk=item_id).performer_id is None
    pause(staff, performer, paused=False)
    assert QueueItem.objects.get(pk=item_id).performer_id == performer.pk


def test_nobody_but_staff_pauses_or_requeues(performer: Performer, viewer: Viewer) -> None:
    item_id = bought(viewer, performer)
    for person in (performer, viewer):
        by = factories.actor(person)
        with pytest.raises(NotFound):
            services.pause_intake(by=by, performer_id=performer.pk, paused=True, reason="why not")
        with pytest.raises(NotFound):
            services.requeue(by=by, item_id=item_id, reason="why not")


def test_a_requeued_item_goes_to_the_end_and_keeps_its_price(
    staff: Any,  # noqa: ANN401
    performer: Performer,
    viewer: Viewer,
) -> None:
    first, second = bought(viewer, performer), bought(viewer, performer)
    held = tokens_of(viewer)
    item = services.requeue(by=factories.actor(staff), item_id=first, reason="the viewer is not there yet")
    assert order(performer) == [second, first]
    assert (item["position"], tokens_of(viewer)) == (2, held)
    assert QueueEvent.objects.filter(item_id=first, event="requeue").count() == 1
    services.start(by=factories.actor(performer), item_id=second)


def test_staff_put_nobody_behind_a_purchase_of_their_own(performer: Performer, viewer: Viewer) -> None:
    first, mine = bought(rich(factories.viewer()), performer), bought(viewer, performer)
    clerk = Actor(viewer.pk, "staff")
    for item_id in (first, mine):
        with pytest.raises(CannotAdjustOwnWallet):
            services.requeue(by=clerk, item_id=item_id, reason="to be the first")
    with pytest.raises(CannotAdjustOwnWallet):
        services.start(by=clerk, item_id=mine)
    assert order(performer) == [first, mine]


def test_only_what_waits_for_her_can_be_requeued(
    staff: Any,  # noqa: ANN401
    performer: Performer,
    viewer: Viewer,
) -> None:
    by = factories.actor(staff)
    with pytest.raises(InvalidStateTransition):
        services.requeue(by=by, item_id=running(viewer, performer), reason="too late")
    with pytest.raises(NotFound):
        services.requeue(by=by, item_id=uuid4(), reason="unknown")


def test_what_is_nobodys_yet_has_no_queue_to_go_to_the_end_of(staff: Any, viewer: Viewer) -> None:  # noqa: ANN401
    item_id = asked(viewer)
    with pytest.raises(InvalidStateTransition) as refused:
        services.requeue(by=factories.actor(staff), item_id=item_id, reason="nobody's")
    assert (refused.value.code, refused.value.details) == (
        "INVALID_STATE_TRANSITION",
        {"event": "requeue", "state": "created"},
    )
    assert "whoever is next" in str(refused.value.message)
    assert not QueueEvent.objects.filter(item_id=item_id, event="requeue").exists()


def test_the_desk_requeues_and_pauses_with_a_reason(desk: Client, performer: Performer, viewer: Viewer) -> None:
    first, second = bought(viewer, performer), bought(viewer, performer)
    sent = {"reason": "the viewer wrote to us", "key": str(uuid4())}
    desk.post(
        reverse("admin:queue_app_queueitem_changelist"),
        {"action": "requeue", "_selected_action": [str(first)], **sent},
    )
    desk.post(
        reverse("admin:queue_app_performerqueue_changelist"),
        {"action": "pause_intake", "_selected_action": [str(performer.pk)], **sent},
    )
    assert order(performer) == [second, first]
    assert PerformerQueue.objects.get(pk=performer.pk).intake_paused


def test_a_requeue_sent_twice_moves_the_item_once(desk: Client, performer: Performer, viewer: Viewer) -> None:
    first, second = bought(viewer, performer), bought(viewer, performer)
    sent = {"action": "requeue", "_selected_action": [str(first)], "reason": "not there yet", "key": str(uuid4())}
    desk.post(reverse("admin:queue_app_queueitem_changelist"), sent)
    third = bought(viewer, performer)
    desk.post(reverse("admin:queue_app_queueitem_changelist"), sent)
    assert order(performer) == [second, first, third]
    assert AuditEntry.objects.filter(action="admin.requeue", target_id=str(first)).count() == 1


def test_the_room_says_that_bookings_are_paused(
    staff: Any,  # noqa: ANN401
    performer: Performer,
    viewer: Viewer,
) -> None:
    pause(staff, performer)
    page = factories.signed_in(viewer).get(reverse("room", args=[performer.pk]))
    assert page.status_code == 200
    listed = factories.bearer(viewer).get("/api/v1/public/performers").json()["results"]
    assert all(not row["available"] for row in listed if row["id"] == str(performer.pk))


def test_the_figures_tell_of_the_last_hour(performer: Performer, viewer: Viewer) -> None:
    by = factories.actor(performer)
    services.finish(by=by, item_id=running(viewer, performer))
    services.join(by=by, performer_id=performer.pk)
    services.refund(by=by, item_id=bought(viewer, performer))
    bought(viewer, performer)
    found = health.figures()
    assert (found.queue_depth, found.queue_ended, float(found.queue_refund_rate)) == (1, 2, 0.5)
    assert found.queue_settlement_seconds_p95 >= 0


def test_a_hold_without_an_item_is_stuck_once_it_is_old_enough(
    performer: Performer,
    viewer: Viewer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bought(viewer, performer)
    hold = place_hold(by=factories.actor(viewer), viewer_id=viewer.pk, performer_id=performer.pk, tokens=5, key="lone")
    assert health.stuck_holds() == []
    monkeypatch.setattr(health, "STUCK_SECONDS", 0)
    assert [(stuck.id, stuck.tokens) for stuck in health.stuck_holds()] == [(hold.id, 5)]


def test_the_page_asks_a_constant_number_of_questions(desk: Client, performer: Performer, viewer: Viewer) -> None:
    address = reverse("admin:queue_app_health")
    desk.get(address)
    with CaptureQueriesContext(connection) as one:
        assert desk.get(address).status_code == 200
    for _ in range(3):
        bought(viewer, performer)
    come(factories.performer())
    with CaptureQueriesContext(connection) as many:
        assert desk.get(address).status_code == 200
    assert len(many) == len(one)


def told_of_the_sweeper(desk: Client) -> tuple[bool, str, str]:
    """Whether the page calls the sweeper late; when it swept last and how late the latest deadline is."""
    page = desk.get(reverse("admin:queue_app_health")).content.decode()
    swept, late = (re.findall(rf'data-testid="{name}">(.*?)<', page)[0] for name in ("last-sweep", "latest-deadline"))
    return 'data-testid="sweeper-late"' in page, swept, late


def backdate(statement: str, *values: int | str) -> None:
    """Move something of the house back in time."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_the_page_says_when_was_swept_last(desk: Client) -> None:
    Heartbeat.objects.filter(name=SWEEPER).delete()
    assert told_of_the_sweeper(desk) == (True, "never", "0 s late")
    beat(SWEEPER)
    assert told_of_the_sweeper(desk) == (False, "0 s ago", "0 s late")
    back = "UPDATE core_heartbeat SET at = clock_timestamp() - make_interval(secs => %s) WHERE name = %s"
    backdate(back, 29, SWEEPER)
    assert told_of_the_sweeper(desk)[:2] == (False, "29 s ago")
    backdate(back, 31, SWEEPER)
    assert told_of_the_sweeper(desk)[:2] == (True, "31 s ago")


@pytest.mark.parametrize(("seconds", "late"), [(20, False), (45, True)])
def test_the_page_says_how_late_the_latest_deadline_is(
    desk: Client, performer: Performer, viewer: Viewer, seconds: int, late: bool
) -> None:
    beat(SWEEPER)
    his: dict[str, Any] = {"by": factories.actor(viewer), "viewer_id": viewer.pk, "performer_id": performer.pk}
    place_hold(**his, tokens=5, key="later", expires_seconds=5 - seconds)
    place_hold(**his, tokens=5, key="first", expires_seconds=-seconds)
    assert told_of_the_sweeper(desk) == (late, "0 s ago", f"{seconds} s late")


def test_nobody_else_sees_the_page(performer: Performer) -> None:
    for client in (Client(), factories.signed_in(performer)):
        assert client.get(reverse("admin:queue_app_health")).status_code in {302, 403}


def test_machines_read_the_same_figures(performer: Performer, viewer: Viewer) -> None:
    bought(rich(viewer), performer)
    read = gauges.read()
    assert read["model_menus_queue_depth"] == 1
    assert read["model_menus_queue_stuck_holds"] == 0
