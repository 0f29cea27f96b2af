"""Steps that are one statement with their key and their answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import Performer, Viewer
from audit.models import AuditEntry
from core.actors import Actor
from core.exceptions import DomainError, DuplicateKey, NotFound, ValidationFailed
from core.idempotency import Claim
from modelstate import services as states
from modelstate.models import StateChange
from queue_app import keyed, services
from queue_app.queries import behind, snapshot_of
from tests import factories
from tests.queue_app.support import bought, come, running, status_of, tokens_of
from wallet.exceptions import CannotAdjustOwnWallet

pytestmark = pytest.mark.django_db


def claim(actor: Any, key: str = "", mark: bytes = b"") -> Claim:  # noqa: ANN401 - an account of any role
    """A claim of this actor's."""
    return Claim(actor.pk, key or str(uuid4()), mark, "/somewhere")


def test_the_answer_stands_under_its_key(performer: Performer, viewer: Viewer) -> None:
    item, mine = bought(viewer, performer), claim(performer)
    by = factories.actor(performer)
    first = keyed.start(by=by, claim=mine, item_id=item)
    again = keyed.start(by=by, claim=mine, item_id=item)
    assert (first.status, first.replayed, again.replayed, again.body) == (200, False, True, first.body)
    assert (first.body["item"]["status"], first.body["settlement"]) == ("started", None)


def test_a_refusal_of_the_step_is_remembered(performer: Performer, viewer: Viewer) -> None:
    early, mine = bought(viewer, performer), claim(performer)
    by = factories.actor(performer)
    with pytest.raises(DomainError) as refused:
        keyed.finish(by=by, claim=mine, item_id=early)
    keyed.start(by=by, claim=claim(performer), item_id=early)
    with pytest.raises(DomainError) as again:
        keyed.finish(by=by, claim=mine, item_id=early)
    assert (refused.value.code, again.value.code) == ("INVALID_STATE_TRANSITION", "INVALID_STATE_TRANSITION")
    assert (again.value.replayed, status_of(early)) == (True, "started")


def test_what_is_not_found_gives_its_key_back(performer: Performer, viewer: Viewer) -> None:
    mine = claim(performer)
    by = factories.actor(performer)
    with pytest.raises(DomainError) as refused:
        keyed.start(by=by, claim=mine, item_id=uuid4())
    assert refused.value.status == 404
    assert keyed.start(by=by, claim=mine, item_id=bought(viewer, performer)).status == 200


def test_a_key_stands_for_one_request(performer: Performer, viewer: Viewer) -> None:
    first, second = bought(viewer, performer), bought(viewer, performer)
    by = factories.actor(performer)
    keyed.abandon(by=by, claim=claim(performer, "one", b"first"), item_id=first)
    with pytest.raises(DomainError) as refused:
        keyed.abandon(by=by, claim=claim(performer, "one", b"second"), item_id=second)
    assert (refused.value.code, status_of(second)) == ("DUPLICATE_IDEMPOTENCY_KEY", "created")


def test_every_step_moves_what_its_plain_service_moves(performer: Performer, viewer: Viewer) -> None:
    by, buyer = factories.actor(performer), factories.actor(viewer)
    before = tokens_of(viewer)
    finished = keyed.finish(by=by, claim=claim(performer), item_id=running(viewer, performer), settled=40)
    states.join_line(by=by, performer_id=performer.pk)
    refunded = keyed.refund(by=by, claim=claim(performer), item_id=bought(viewer, performer))
    cancelled = keyed.cancel(by=buyer, claim=claim(viewer), item_id=bought(viewer, performer))
    parts = [
        (a.body["settlement"]["settled"], a.body["settlement"]["refunded"]) for a in (finished, refunded, cancelled)
    ]
    assert parts == [(40, 60), (0, 100), (0, 100)]
    reasons = [a.body["settlement"]["reason"] for a in (finished, refunded, cancelled)]
    assert reasons == ["partial_performance", "performer_declined", "user_cancelled"]
    assert tokens_of(viewer) == (before[0] - 40, before[1])


def test_what_staff_do_is_audited_once(performer: Performer, viewer: Viewer) -> None:
    clerk = factories.staff()
    mine = claim(clerk)
    item = bought(viewer, performer)
    for _ in range(2):
        keyed.abandon(by=factories.actor(clerk), claim=mine, item_id=item)
    assert AuditEntry.objects.filter(action="queue.abandon", target_id=str(item)).count() == 1


def test_staff_end_nothing_that_they_bought_themselves(performer: Performer, viewer: Viewer) -> None:
    item = bought(viewer, performer)
    clerk = Actor(viewer.pk, "staff")
    for end in (keyed.finish, keyed.abandon, keyed.refund):
        with pytest.raises(CannotAdjustOwnWallet):
            end(by=clerk, claim=claim(viewer), item_id=item)
    assert status_of(item) == "created"


def test_what_was_clear_before_the_key_is_remembered_too(performer: Performer, viewer: Viewer) -> None:
    item, mine = bought(viewer, performer), claim(viewer, "once", b"abandon")
    clerk = Actor(viewer.pk, "staff")
    with pytest.raises(CannotAdjustOwnWallet):
        keyed.abandon(by=clerk, claim=mine, item_id=item)
    with pytest.raises(DuplicateKey):
        keyed.abandon(by=clerk, claim=claim(viewer, "once", b"another"), item_id=item)
    with pytest.raises(DomainError) as again:
        keyed.abandon(by=clerk, claim=mine, item_id=item)
    assert (again.value.code, again.value.replayed) == ("CANNOT_ADJUST_OWN_WALLET", True)


def test_a_wrong_part_frees_its_key_but_not_another_requests(performer: Performer, viewer: Viewer) -> None:
    item, by = running(viewer, performer), factories.actor(performer)
    with pytest.raises(ValidationFailed):
        keyed.finish(by=by, claim=claim(performer, "part"), item_id=item, settled=0)
    keyed.finish(by=by, claim=claim(performer, "part"), item_id=item, settled=60)
    with pytest.raises(DuplicateKey):
        keyed.finish(by=by, claim=claim(performer, "part", b"other"), item_id=item, settled=0)


def test_only_its_viewer_cancels_staff_refund(performer: Performer, viewer: Viewer) -> None:
    item, clerk = bought(viewer, performer), factories.staff()
    for cancel in (
        lambda: keyed.cancel(by=factories.actor(clerk), claim=claim(clerk), item_id=item),
        lambda: services.cancel(by=factories.actor(clerk), item_id=item),
    ):
        with pytest.raises(NotFound):
            cancel()
    assert status_of(item) == "created"


def test_a_repeated_join_is_one_step(performer: Performer) -> None:
    by, mine = factories.actor(performer), claim(performer)
    keyed.leave(by=by, claim=claim(performer), performer_id=performer.pk)
    first = keyed.join(by=by, claim=mine, performer_id=performer.pk)
    again = keyed.join(by=by, claim=mine, performer_id=performer.pk)
    assert (first.body, again.body, again.replayed) == (again.body, first.body, True)
    assert first.body == {"newState": "IN_QUEUE", "queuePosition": 1, "estimatedWaitTime": 0}
    assert StateChange.objects.filter(performer=performer, event="join_queue").count() == 2


def test_those_behind_a_place_are_told_what_they_would_read(viewer: Viewer) -> None:
    first, second, third = (come(factories.performer()) for _ in range(3))
    bought(viewer, third)
    left = keyed.leave(by=factories.actor(first), claim=claim(first), performer_id=first.pk)
    assert left.body["queuePosition"] is None
    assert behind(0) == [snapshot_of(second.pk), snapshot_of(third.pk)]
    assert behind(None) == []


@pytest.mark.parametrize("path", ["start", "abandon"])
def test_a_step_over_http_takes_few_statements(
    performer: Performer,
    viewer: Viewer,
    path: str,
    django_assert_num_queries: Any,  # noqa: ANN401
) -> None:
    """The sign-in, the step, the log's line."""
    items: list[UUID] = [bought(viewer, performer, tokens=1) for _ in range(8)]
    client = factories.bearer(performer)
    client.get("/api/v1/queue")
    with django_assert_num_queries(3):
        answer = client.post(
            f"/api/v1/queue/items/{items[0]}/{path}", {}, format="json", headers={"Idempotency-Key": str(uuid4())}
        )
    assert answer.status_code == 200


@pytest.mark.parametrize(("path", "statements"), [("leave", 3), ("join", 3)])
def test_a_step_of_the_line_takes_few_statements(
    performer: Performer,
    path: str,
    statements: int,
    django_assert_num_queries: Any,  # noqa: ANN401
) -> None:
    """The sign-in, the step, the log's line."""
    for _ in range(5):
        come(factories.performer())
    if path == "join":
        states.leave_line(by=factories.actor(performer), performer_id=performer.pk)
    client = factories.bearer(performer)
    client.get("/api/v1/queue")
    with django_assert_num_queries(statements):
        answer = client.post(f"/api/v1/queue/{path}", {}, format="json", headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 200
