"""Where the tokens of a hold went: the whole way for both sides and staff, nothing for strangers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import Performer, User, Viewer
from core.actors import SYSTEM
from core.exceptions import NotFound
from queue_app import services
from queue_app.models import QueueItem
from queue_app.states import ItemEvent, RefundReason
from queue_app.words import step_words
from tests import factories
from tests.queue_app.support import bought, running
from wallet.queries.trace import Trace, trace_for
from wallet.services import place_hold, reverse_transfer
from wallet.words import REASONS, kind_words

pytestmark = pytest.mark.django_db
Statements = Callable[[int], AbstractContextManager[object]]


def hold_of(item_id: UUID) -> UUID:
    hold_id: UUID = QueueItem.objects.get(pk=item_id).hold_id
    return hold_id


def way(trace: Trace) -> list[tuple[str, str]]:
    return [(step.part, step.event) for step in trace.steps]


def get(person: User | Performer | Viewer, hold_id: UUID) -> tuple[int, dict[str, object]]:
    response = factories.bearer(person).get(f"/api/v1/wallet/holds/{hold_id}/trace")
    return response.status_code, response.json()


def test_a_performance_is_told_from_hold_to_settlement(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    services.finish(by=factories.actor(performer), item_id=item_id)

    trace = trace_for(factories.actor(viewer), hold_of(item_id))

    assert way(trace) == [
        ("wallet", "hold"),
        ("queue", "enqueue"),
        ("queue", "start"),
        ("queue", "finish"),
        ("wallet", "settle"),
    ]
    assert [step.by for step in trace.steps] == [None, "viewer", "performer", "performer", None]
    assert (trace.state, trace.tokens, trace.settled, trace.refunded, trace.reversed) == ("settled", 100, 100, 0, 0)


def test_a_correction_is_the_end_of_the_way(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    moved = services.finish(by=factories.actor(performer), item_id=item_id)
    transfer_id = UUID(moved.item["settlementTransactionId"])
    reverse_transfer(by=SYSTEM, transfer_id=transfer_id, reason="ticket 7", key="back")

    trace = trace_for(factories.actor(performer), hold_of(item_id))

    assert (way(trace)[-1], trace.steps[-1].reason, trace.reversed) == (("wallet", "reversal"), "ticket 7", 100)


def test_a_refund_says_why(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    services.abandon(by=factories.actor(performer), item_id=item_id, reason=RefundReason.PERFORMER_DECLINED)

    trace = trace_for(factories.actor(viewer), hold_of(item_id))

    assert way(trace)[-3:] == [("queue", "abandon"), ("queue", "refund"), ("wallet", "refund")]
    assert (trace.steps[-1].reason, trace.refunded) == ("performer_declined", 100)


def test_a_part_is_paid_and_the_rest_goes_back(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    services.finish(by=factories.actor(performer), item_id=item_id, settled=60)

    trace = trace_for(factories.actor(viewer), hold_of(item_id))

    assert {event for part, event in way(trace) if part == "wallet"} == {"hold", "settle", "refund"}
    assert (trace.settled, trace.refunded) == (60, 40)


def test_a_hold_without_a_booking_has_a_way_too(performer: Performer, viewer: Viewer) -> None:
    held = place_hold(by=SYSTEM, viewer_id=viewer.pk, performer_id=None, tokens=5, key="alone")

    trace = trace_for(factories.actor(viewer), held.id)

    assert (way(trace), trace.queue_item_id, trace.state) == ([("wallet", "hold")], None, "held")


def test_it_takes_four_statements(performer: Performer, viewer: Viewer, django_assert_num_queries: Statements) -> None:
    item_id = running(viewer, performer)
    services.finish(by=factories.actor(performer), item_id=item_id)
    hold_id = hold_of(item_id)

    with django_assert_num_queries(4):
        trace_for(factories.actor(viewer), hold_id)


def test_strangers_do_not_know_that_it_exists(performer: Performer, viewer: Viewer) -> None:
    hold_id = hold_of(bought(viewer, performer))
    for stranger in (factories.viewer(), factories.performer()):
        with pytest.raises(NotFound):
            trace_for(factories.actor(stranger), hold_id)
        assert get(stranger, hold_id)[0] == 404
        assert factories.signed_in(stranger).get(reverse("trace", args=[hold_id])).status_code == 404
    assert get(viewer, uuid4())[0] == 404


def test_without_the_permission_nothing_is_told(performer: Performer, viewer: Viewer) -> None:
    hold_id = hold_of(bought(viewer, performer))
    factories.deny(viewer.user, "READ_TRANSACTIONS")

    assert get(viewer, hold_id)[1]["error"] == "PERMISSION_DENIED"
    assert APIClient().get(f"/api/v1/wallet/holds/{hold_id}/trace").status_code == 401


def test_both_sides_and_staff_are_told_the_same(performer: Performer, viewer: Viewer) -> None:
    hold_id = hold_of(bought(viewer, performer, title="Mine"))
    stories = [get(person, hold_id) for person in (viewer, performer, factories.staff())]

    assert [status for status, _ in stories] == [200, 200, 200]
    assert stories[0][1] == stories[1][1] == stories[2][1]
    assert stories[0][1]["title"] == "Mine"


def test_staff_follow_it_from_every_page_of_the_administration(performer: Performer, viewer: Viewer) -> None:
    item_id = running(viewer, performer)
    services.finish(by=factories.actor(performer), item_id=item_id)
    client, address = (
        factories.signed_in(factories.staff()),
        reverse("admin:wallet_hold_trace", args=[hold_of(item_id)]),
    )

    for page in ("wallet_hold", "wallet_transfer", "queue_app_queueitem"):
        assert address in client.get(reverse(f"admin:{page}_changelist")).content.decode()
    told = client.get(address).content.decode()
    assert "Paid to the performer" in told
    assert reverse("admin:queue_app_queueitem_change", args=[item_id]) in told


def test_the_administrations_page_is_for_staff(performer: Performer, viewer: Viewer) -> None:
    address = reverse("admin:wallet_hold_trace", args=[hold_of(bought(viewer, performer))])

    assert factories.signed_in(viewer).get(address).status_code == 302
    assert factories.signed_in(factories.staff()).get(address).status_code == 200
    missing = reverse("admin:wallet_hold_trace", args=[uuid4()])
    assert factories.signed_in(factories.staff()).get(missing).status_code == 404


@pytest.mark.parametrize("reason", RefundReason.values)
def test_every_refund_reason_has_words(reason: str) -> None:
    assert REASONS[reason] != reason
    assert "_" not in REASONS[reason]


@pytest.mark.parametrize(
    "event", ["enqueue", "start", "finish", "abandon", "refund", "cancel", "pass_through", "new_one", *ItemEvent.values]
)
def test_every_step_has_words(event: str) -> None:
    assert "_" not in step_words(event)
    assert "_" not in kind_words(event)
