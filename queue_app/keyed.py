"""Steps that happen once for their key, each one statement: the key, the step and the stored answer.

The answers' bodies come from the database in their wire shape. `queue_app.services` has the same steps without a key.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any
from uuid import UUID

from django.db import transaction

from core.actors import Actor
from core.exceptions import DomainError, RateLimitExceeded
from core.idempotency import Answer, Claim, answer_of, decided
from core.sql import call_claiming
from modelstate.events import announce as announce_step
from modelstate.states import Event
from queue_app import events
from queue_app.services import JOINS, arguments_of, audit_step


def start(*, by: Actor, claim: Claim, item_id: UUID) -> Answer:
    """As `services.start`; 402 and 409 are remembered under the key, and so below."""
    return _step("start", by=by, claim=claim, item_id=item_id)


def finish(
    *, by: Actor, claim: Claim, item_id: UUID, settled: int | None = None, refunded: int | None = None
) -> Answer:
    """As `services.finish`."""
    return _step("finish", by=by, claim=claim, item_id=item_id, settled=settled, refunded=refunded)


def abandon(*, by: Actor, claim: Claim, item_id: UUID, reason: str | None = None) -> Answer:
    """As `services.abandon`."""
    return _step("abandon", by=by, claim=claim, item_id=item_id, reason=reason)


def refund(*, by: Actor, claim: Claim, item_id: UUID, reason: str | None = None) -> Answer:
    """As `services.refund`."""
    return _step("refund", by=by, claim=claim, item_id=item_id, reason=reason)


def cancel(*, by: Actor, claim: Claim, item_id: UUID) -> Answer:
    """As `services.cancel`."""
    return _step("cancel", by=by, claim=claim, item_id=item_id)


def join(*, by: Actor, claim: Claim, performer_id: UUID) -> Answer:
    """As `services.join`. A repetition is no attempt, and hears the first answer even when no attempt is left."""
    try:
        JOINS.hit_once(performer_id, claim.key)
    except RateLimitExceeded as refusal:
        return decided(refusal, claim)
    return _line_step(Event.JOIN_QUEUE, by=by, claim=claim, performer_id=performer_id)


def leave(*, by: Actor, claim: Claim, performer_id: UUID) -> Answer:
    """As `services.leave`."""
    return _line_step(Event.LEAVE_QUEUE, by=by, claim=claim, performer_id=performer_id)


def _step(step: str, *, by: Actor, claim: Claim, item_id: UUID, **given: Any) -> Answer:  # noqa: ANN401 - what the step takes
    try:
        more = arguments_of(step, by=by, item_id=item_id, **given)
    except DomainError as refusal:
        return decided(refusal, claim)
    with _beside_the_audit(by):
        found = call_claiming(
            "queue_app_step",
            actor=by.id,
            key=claim.key,
            fingerprint=claim.fingerprint,
            step=step,
            item=item_id,
            **more,
        )
        if "answer" in found:
            audit_step(by, step, found["item"])
            announce = events.announce_started if step == "start" else events.announce_closed
            announce(found)
    return answer_of(found, claim)


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
    return answer_of(found, claim)


def _beside_the_audit(by: Actor) -> AbstractContextManager[Any]:
    """What staff do is written down in the same transaction; anybody else needs none but the statement's own."""
    return transaction.atomic() if by.kind == "staff" else nullcontext()
