"""Steps that happen once for their key, each one statement: the key, the step and the stored answer.

The answers' bodies come from the database in their wire shape. `queue_app.services` has the same steps without a key.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID

from django.db import transaction

from core.actors import Actor
from core.idempotency import Answer, Claim, kept, remembered, replay
from core.sql import call_claiming, refusal_of
from modelstate.events import announce as announce_step
from modelstate.states import Event
from queue_app import events, policies
from queue_app.services import JOINS, audit_step, check_not_own_item, part_of


def start(*, by: Actor, claim: Claim, item_id: UUID) -> Answer:
    """As `services.start`; 402 and 409 are remembered under the key, and so below."""
    return _step("start", by=by, claim=claim, item_id=item_id)


def finish(
    *, by: Actor, claim: Claim, item_id: UUID, settled: int | None = None, refunded: int | None = None
) -> Answer:
    """As `services.finish`."""
    check_not_own_item(by, item_id)
    return _step("finish", by=by, claim=claim, item_id=item_id, settled=part_of(by, item_id, settled, refunded))


def abandon(*, by: Actor, claim: Claim, item_id: UUID, reason: str | None = None) -> Answer:
    """As `services.abandon`."""
    check_not_own_item(by, item_id)
    return _step("abandon", by=by, claim=claim, item_id=item_id, reason=policies.refund_reason(reason, by))


def refund(*, by: Actor, claim: Claim, item_id: UUID, reason: str | None = None) -> Answer:
    """As `services.refund`."""
    check_not_own_item(by, item_id)
    return _step("refund", by=by, claim=claim, item_id=item_id, reason=policies.refund_reason(reason, by))


def cancel(*, by: Actor, claim: Claim, item_id: UUID) -> Answer:
    """As `services.cancel`."""
    return _step("cancel", by=by, claim=claim, item_id=item_id)


def join(*, by: Actor, claim: Claim, performer_id: UUID) -> Answer:
    """As `services.join`; a repetition is no attempt."""
    known = kept(claim)
    if known is not None:
        return known
    JOINS.hit(performer_id)
    return _line_step(Event.JOIN_QUEUE, by=by, claim=claim, performer_id=performer_id)


def leave(*, by: Actor, claim: Claim, performer_id: UUID) -> Answer:
    """As `services.leave`."""
    return _line_step(Event.LEAVE_QUEUE, by=by, claim=claim, performer_id=performer_id)


def _step(step: str, *, by: Actor, claim: Claim, item_id: UUID, **more: object) -> Answer:
    with _beside_the_audit(by):
        found = call_claiming(
            "queue_app_step",
            actor=by.id,
            key=claim.key,
            fingerprint=claim.fingerprint,
            step=step,
            owner=policies.owner_of(by),
            item=item_id,
            **more,
        )
        if "answer" in found:
            audit_step(by, step, found["item"])
            announce = events.announce_started if step == "start" else events.announce_closed
            announce(found)
    return _answer(found, claim)


def _line_step(event: Event, *, by: Actor, claim: Claim, performer_id: UUID) -> Answer:
    found = call_claiming(
        "queue_app_line_step",
        performer=performer_id,
        actor=by.id,
        key=claim.key,
        fingerprint=claim.fingerprint,
        event=event.value,
    )
    if "answer" in found:
        announce_step(found["step"])
        events.announce_touched(found["touched"])
        events.announce_line(found["behind"])
    return _answer(found, claim)


def _beside_the_audit(by: Actor) -> AbstractContextManager[Any]:
    """What staff do is written down in the same transaction; anybody else needs none but the statement's own."""
    return transaction.atomic() if by.kind == "staff" else nullcontext()


def _answer(found: dict[str, Any], claim: Claim) -> Answer:
    if "answer" in found:
        return Answer(200, found["answer"])
    return replay(found) if "replay" in found else remembered(refusal_of(found), claim)
