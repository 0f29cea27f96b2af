"""Who may not take a step, or takes it in the wrong state, moves nothing at all: no token, no version, no word."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID, uuid4

import pytest

from accounts.models import Performer, Viewer
from core.actors import ANONYMOUS, Actor
from core.exceptions import DomainError
from core.idempotency import Claim
from core.models import IdempotencyKey
from modelstate.queries import get_state
from notices.models import Notice
from queue_app import keyed, services
from queue_app.models import PerformerQueue, QueueEvent, QueueItem
from queue_app.states import TRANSITIONS, ItemEvent, Status
from tests import factories
from tests.queue_app.support import asked, bought, buying, come, earned_by, intake, rich, running, tokens_of

pytestmark = pytest.mark.django_db
HERS = ("start", "finish", "abandon", "refund")
STEPS = (*HERS, "cancel")
Make = Callable[[Viewer, Performer], UUID]


def passed_through(viewer: Viewer, performer: Performer) -> UUID:
    """An item that never waited."""
    services.save_settings(performer_id=performer.pk, changes={"mode": "OFF"})
    return UUID(services.enqueue(by=factories.actor(viewer), intake=intake(viewer, performer))["id"])


def ended(step: str) -> Make:
    """An item that ran and was ended by this step."""

    def make(viewer: Viewer, performer: Performer) -> UUID:
        item_id = running(viewer, performer)
        getattr(services, step)(by=factories.actor(performer), item_id=item_id)
        return item_id

    return make


def cancelled(viewer: Viewer, performer: Performer) -> UUID:
    """An item that its viewer took back."""
    item_id = bought(viewer, performer)
    services.cancel(by=factories.actor(viewer), item_id=item_id)
    return item_id


LIVES: dict[str, Make] = {
    "waiting": bought,
    "running": running,
    "finished": ended("finish"),
    "abandoned": ended("abandon"),
    "refunded": ended("refund"),
    "cancelled": cancelled,
    "passed through": passed_through,
}


def footprint(viewer: Viewer, performer: Performer) -> tuple[Any, ...]:
    """Everything that a step could have moved."""
    return (
        list(QueueItem.objects.order_by("pk").values("pk", "status", "version", "settled_tokens", "refunded_tokens")),
        (QueueEvent.objects.count(), Notice.objects.count(), IdempotencyKey.objects.count()),
        PerformerQueue.objects.get(pk=performer.pk).version,
        get_state(performer.pk),
        (tokens_of(viewer), earned_by(performer)),
    )


def plainly(step: str, by: Actor, item_id: UUID) -> None:
    """As pages and staff do."""
    getattr(services, step)(by=by, item_id=item_id)


def under_a_key(step: str, by: Actor, item_id: UUID) -> None:
    """As the API does."""
    getattr(keyed, step)(by=by, claim=Claim(by.id or uuid4(), str(uuid4()), b""), item_id=item_id)


def refusal_of(take: Callable[[str, Actor, UUID], None], step: str, by: Actor, item_id: UUID) -> str:
    """The code with which the step is refused."""
    with pytest.raises(DomainError) as refused:
        take(step, by, item_id)
    return refused.value.code


@pytest.mark.parametrize("take", [plainly, under_a_key])
@pytest.mark.parametrize("life", LIVES)
def test_whose_it_is_not_finds_nothing_whatever_its_state(
    performer: Performer, viewer: Viewer, life: str, take: Callable[[str, Actor, UUID], None]
) -> None:
    item_id = LIVES[life](viewer, performer)
    people = (come(factories.performer()), rich(factories.viewer()), buying(factories.performer()), factories.manager())
    others = [factories.actor(somebody) for somebody in people]
    before = footprint(viewer, performer)
    wrong = [(step, somebody) for step in STEPS for somebody in others]
    wrong += [*((step, factories.actor(viewer)) for step in HERS), ("cancel", factories.actor(performer))]
    assert {refusal_of(take, step, by, item_id) for step, by in wrong} == {"NOT_FOUND"}
    assert footprint(viewer, performer) == before


@pytest.mark.parametrize("step", STEPS)
def test_nobody_finds_anything(performer: Performer, viewer: Viewer, step: str) -> None:
    item_id = bought(viewer, performer)
    before = footprint(viewer, performer)
    assert refusal_of(plainly, step, ANONYMOUS, item_id) == "NOT_FOUND"
    assert footprint(viewer, performer) == before


@pytest.mark.parametrize("life", LIVES)
def test_a_step_that_the_table_does_not_have_moves_nothing_and_is_not_heard(
    performer: Performer,
    viewer: Viewer,
    life: str,
    sent: list[dict[str, Any]],
    commit: Callable[[], AbstractContextManager[Any]],
) -> None:
    item_id = LIVES[life](viewer, performer)
    status = Status(QueueItem.objects.get(pk=item_id).status)
    before = footprint(viewer, performer)
    wrong = [step for step in STEPS if status not in TRANSITIONS[ItemEvent(step)]]
    with commit():
        for step in wrong:
            by = factories.actor(viewer if step == "cancel" else performer)
            assert refusal_of(plainly, step, by, item_id) == "INVALID_STATE_TRANSITION"
    assert (footprint(viewer, performer), sent, wrong != []) == (before, [], True)


@pytest.mark.parametrize("step", ["finish", "cancel"])
def test_what_was_refused_can_still_be_done_rightly(performer: Performer, viewer: Viewer, step: str) -> None:
    item_id = running(viewer, performer) if step == "finish" else bought(viewer, performer)
    hers, his = factories.actor(performer), factories.actor(viewer)
    right, wrong = (hers, his) if step == "finish" else (his, hers)
    assert refusal_of(under_a_key, step, wrong, item_id) == "NOT_FOUND"
    under_a_key(step, right, item_id)
    assert QueueItem.objects.get(pk=item_id).status == ("finished" if step == "finish" else "refunded")


def test_a_request_that_is_nobodys_yet_is_no_performers(viewer: Viewer) -> None:
    item_id = asked(viewer)
    her = factories.actor(factories.performer())
    assert {refusal_of(plainly, step, her, item_id) for step in STEPS} == {"NOT_FOUND"}
    assert (QueueItem.objects.get(pk=item_id).version, tokens_of(viewer)) == (1, (950, 50))
