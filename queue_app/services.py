"""Every change of the queue: each one statement, with its announcements after the commit.

The steps that API clients take with a key are in `queue_app.keyed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from audit.services import record
from core.actors import Actor
from core.exceptions import NotFound
from core.idempotency import Answer, Claim, answer_of
from core.ratelimits import Shield
from core.sql import call, call_claiming, call_value
from modelstate import services as state_services
from modelstate.queries import StateView
from queue_app import events, policies, queries
from queue_app.intake import QueueIntake
from queue_app.queries import QueueSettings, settings_of
from queue_app.states import RefundReason
from wallet.events import balance_changed
from wallet.exceptions import CannotAdjustOwnWallet
from wallet.policies import check_seen_reason, check_text
from wallet.queries.receipts import Line, lines_of

JOINS = Shield("queue.join", limit=10, period_seconds=3600)
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Moved:
    """What a step did: the item as it goes on the wire, and where its tokens went, if they moved."""

    item: Facts
    settlement: Facts | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What the ledger would do with the running item's tokens."""

    finish: tuple[Line, ...]
    abandon: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class LinePlace:
    """A performer's place in the line after joining or leaving it."""

    state: StateView
    estimated_wait_seconds: int | None


def enqueue(*, by: Actor, intake: QueueIntake) -> Facts:
    """Take a paid item in and return it as it goes on the wire; the same intake again returns the first one.

    Raises ValidationFailed, PerformerNotFound, PerformerUnavailable, QueueFull, EscrowNotFound,
    EscrowAlreadyProcessed, DuplicateKey where the event has another item.
    """
    policies.check_intake(intake)
    with transaction.atomic():
        result = call(
            "queue_app_enqueue",
            actor=by.id,
            key=intake.idempotency_key,
            feature=intake.source_feature,
            event_id=intake.source_event_id,
            performer=intake.performer_id,
            viewer=intake.user_id,
            hold=intake.escrow_transaction_id,
            tokens=intake.tokens,
            title=intake.title,
            description=intake.description,
            duration=intake.duration_seconds,
            metadata=dict(intake.metadata),
        )
        events.announce_enqueued(result)
    item: Facts = result["item"]
    return item


def request(*, by: Actor, claim: Claim, tokens: int, title: str, duration_seconds: int | None) -> Answer:
    """Ask for whoever is next: the tokens are held and the item is hers who may take it first, or nothing happened.

    The answer's body is the item as it goes on the wire, once for the claim's key. Raises NotFound for who is no
    viewer, ValidationFailed, InsufficientBalance, and QueueFull where fifty wait already, or five of his own; 402 and
    409 are remembered.
    """
    if by.id is None:
        raise NotFound()
    policies.check_request(tokens=tokens, title=title, duration_seconds=duration_seconds)
    with transaction.atomic():
        found = call_claiming(
            "queue_app_request",
            actor=by.id,
            key=claim.key,
            fingerprint=claim.fingerprint,
            tokens=tokens,
            title=title.strip(),
            duration=duration_seconds,
        )
        if "answer" in found:
            balance_changed(by.id, found["version"])
            events.announce_enqueued(found["queued"])
    return answer_of(found, claim)


def preview(*, by: Actor, item_id: UUID, settled: int | None = None) -> Preview:
    """How finishing (wholly, or `settled` tokens) and abandoning would settle: the ledger's own functions, undone.

    Raises NotFound, InvalidStateTransition unless it runs, ValidationFailed for a part that is none.
    """
    if settled is not None:
        policies.split(queries.item_for(by, item_id).tokens, settled, None)
    owner = policies.owner_of(by)
    found = call("queue_app_preview", actor=by.id, owner=owner, item=item_id, settled=settled)
    return Preview(lines_of(found["finish"]), lines_of(found["abandon"]))


def preview_if_running(*, by: Actor, item_id: UUID) -> Preview | None:
    """As `preview`, for a page that may be a moment behind: None where the item does not run any more."""
    found = call_value("queue_app_preview", actor=by.id, owner=policies.owner_of(by), item=item_id)
    return None if "refusal" in found else Preview(lines_of(found["finish"]), lines_of(found["abandon"]))


def deal() -> int:
    """Give what waits for whoever is next to performers who may take it; tells how many items found one."""
    with transaction.atomic():
        taken = call_value("queue_app_deal")
        events.announce_taken(taken)
        return len(taken)


def start(*, by: Actor, item_id: UUID) -> Moved:
    """Begin the head of the queue; its performer performs from now on.

    Raises NotFound for an item that is not hers, InvalidStateTransition where it does not wait or she is not in
    the line, AlreadyProcessing, OutOfOrder.
    """
    with transaction.atomic():
        result = call("queue_app_start", actor=by.id, item=item_id, **arguments_of("start", by=by, item_id=item_id))
        audit_step(by, "start", result["item"])
        events.announce_started(result)
    return Moved(result["item"], None)


def start_next(*, by: Actor, performer_id: UUID, shown: UUID | None = None) -> Moved:
    """Begin what stands first in a performer's queue; `shown` is what she saw there, and nothing else is started.

    Raises NotFound where nobody waits or `shown` is not hers (any more), else as `start` does: OutOfOrder where others
    stand before it by now, InvalidStateTransition where it does not wait.
    """
    if shown is None:
        head = queries.queue_of(performer_id).head
        if head is None:
            raise NotFound("No one is waiting.")
        return start(by=by, item_id=head.id)
    if not queries.is_hers(shown, performer_id):
        raise NotFound("That booking is not in your queue any more.")
    return start(by=by, item_id=shown)


def finish(*, by: Actor, item_id: UUID, settled: int | None = None, refunded: int | None = None) -> Moved:
    """End the running item and pay the performer: all of it, or `settled` tokens with the rest refunded.

    Raises NotFound, InvalidStateTransition unless it runs, ValidationFailed where the parts are not the whole.
    """
    return _close("finish", by=by, item_id=item_id, settled=settled, refunded=refunded)


def abandon(*, by: Actor, item_id: UUID, reason: str | None = None) -> Moved:
    """Give up an item that waits or runs, with a full refund.

    Raises NotFound, InvalidStateTransition where it has ended, ValidationFailed for an unknown reason.
    """
    return _close("abandon", by=by, item_id=item_id, reason=reason)


def refund(*, by: Actor, item_id: UUID, reason: str | None = None) -> Moved:
    """Give the tokens of an item that waits or runs back. Raises as `abandon` does."""
    return _close("refund", by=by, item_id=item_id, reason=reason)


def cancel(*, by: Actor, item_id: UUID) -> Moved:
    """Its viewer takes the item back before the start. Raises NotFound, InvalidStateTransition after it."""
    return _close("cancel", by=by, item_id=item_id)


def _close(verb: str, *, by: Actor, item_id: UUID, **given: Any) -> Moved:  # noqa: ANN401 - what the verb takes
    more = arguments_of(verb, by=by, item_id=item_id, **given)
    with transaction.atomic():
        result = call(f"queue_app_{verb}", actor=by.id, item=item_id, **more)
        audit_step(by, verb, result["item"])
        events.announce_closed(result)
    return Moved(result["item"], result["settlement"])


def arguments_of(
    verb: str,
    *,
    by: Actor,
    item_id: UUID,
    settled: int | None = None,
    refunded: int | None = None,
    reason: str | None = None,
) -> Facts:
    """What the function of a step is told besides the actor and the item, checked.

    Staff work on anybody's items, but cancelling is its viewer's alone. Raises ValidationFailed, NotFound, and
    CannotAdjustOwnWallet where staff would start or end what they bought themselves; they may cancel it.
    """
    if verb == "cancel":
        if by.id is None:
            raise NotFound()
        return {"owner": by.id}
    _check_not_own_item(by, item_id)
    owner = {"owner": policies.owner_of(by)}
    match verb:
        case "finish":
            return owner | {"settled": _part_of(by, item_id, settled, refunded)}
        case "abandon" | "refund":
            return owner | {"reason": policies.refund_reason(reason, by)}
    return owner


def _part_of(by: Actor, item_id: UUID, settled: int | None, refunded: int | None) -> int | None:
    if settled is None and refunded is None:
        return None
    return policies.split(queries.item_for(by, item_id).tokens, settled, refunded)


def _check_not_own_item(by: Actor, item_id: UUID) -> None:
    if by.kind == "staff" and queries.item_for(by, item_id).viewer_id == by.id:
        raise CannotAdjustOwnWallet("This is your own purchase. Somebody else has to see to it.")


def reverse(*, by: Actor, item_id: UUID, reason: str, key: str) -> Facts:
    """Take a finished item's settlement back to its viewer, once; the item's status stays. Only for staff.

    What the performer no longer has of it she owes (receivable). Returns the item as it goes on the wire. Raises
    NotFound for everybody else, InvalidStateTransition unless it is finished, CannotReverseTransfer the second time,
    AccountClosed, DuplicateKey, ValidationFailed for personal data in the reason, which both of them read.
    """
    if not by.is_staff:
        raise NotFound()
    check_seen_reason(reason)
    with transaction.atomic():
        result = call("queue_app_reverse", actor=by.id, item=item_id, key=key, reason=reason)
        if "replayed" not in result:
            audit_step(by, "reverse", result["item"], reason)
        events.announce_reversed(result)
    item: Facts = result["item"]
    return item


def requeue(*, by: Actor, item_id: UUID, reason: str) -> Facts:
    """Put a waiting item at the end of its queue; the others move up. Only for staff.

    Returns the item as it goes on the wire. Raises NotFound for everybody else, InvalidStateTransition unless it
    waits in a queue of hers, CannotAdjustOwnWallet where what they bought themselves waits in that queue.
    """
    if not by.is_staff:
        raise NotFound()
    check_text(reason, "reason")
    if queries.shares_queue(item_id, by.id):
        raise CannotAdjustOwnWallet("Your own purchase waits in this queue. Somebody else has to see to it.")
    with transaction.atomic():
        result = call("queue_app_requeue", actor=by.id, item=item_id, reason=reason)
        audit_step(by, "requeue", result["item"], reason)
        events.announce_requeued(result)
    item: Facts = result["item"]
    return item


def pause_intake(*, by: Actor, performer_id: UUID, paused: bool, reason: str) -> bool:
    """Stop or allow new items for a performer; what is queued stays. Whether that changed anything. Only for staff.

    Raises NotFound for everybody else, PerformerNotFound.
    """
    if not by.is_staff:
        raise NotFound()
    check_text(reason, "reason")
    with transaction.atomic():
        result = call("queue_app_pause_intake", performer=performer_id, paused=paused)
        if result["changed"]:
            record(
                by=by,
                action="queue.intake",
                target_type="queue_app.performerqueue",
                target_id=str(performer_id),
                before={"intake_paused": not paused},
                after={"intake_paused": paused},
                reason=reason,
            )
            events.announce_intake(performer_id)
        events.announce_touched(result)
    return bool(result["changed"])


def audit_step(by: Actor, verb: str, item: Facts, reason: str = "") -> None:
    # What staff do to somebody else's item is written down whatever door they came through.
    if by.kind == "staff":
        after = {"status": item["status"], "tokens": item["tokens"]}
        if item["refundReason"] == RefundReason.PARTIAL_PERFORMANCE:
            after["settled"] = item["settledTokens"]
        record(
            by=by,
            action=f"queue.{verb}",
            target_type="queue_app.queueitem",
            target_id=item["id"],
            after=after,
            reason=reason or item["refundReason"] or "",
        )


def end_running(*, by: Actor, performer_id: UUID) -> None:
    """Abandon what a performer performs, with a full refund: she is being taken offline."""
    item_id = queries.running_item(performer_id)
    if item_id is not None:
        reason = RefundReason.PERFORMER_DISCONNECTED.value
        _close("abandon", by=Actor(id=by.id, kind="system"), item_id=item_id, reason=reason)


def join(*, by: Actor, performer_id: UUID) -> LinePlace:
    """Take the last place in the line; an attempt counts, refused or not.

    Raises InvalidStateTransition unless she is IDLE or STREAMING, RateLimitExceeded after ten attempts an hour.
    """
    JOINS.hit(performer_id)
    return _place(state_services.join_line(by=by, performer_id=performer_id))


def leave(*, by: Actor, performer_id: UUID) -> LinePlace:
    """Give up her place. Raises CannotLeaveDuringPerformance, InvalidStateTransition where she has none."""
    return _place(state_services.leave_line(by=by, performer_id=performer_id))


def _place(state: StateView) -> LinePlace:
    wait = queries.snapshot_of(state.performer_id)["estimatedWaitTime"]
    return LinePlace(state, wait)


def line_moved(performer_id: UUID, freed_ticket: int | None) -> None:
    """She took a place in the line or gave one up: her queue's version steps, and those behind her are told."""
    events.announce_touched(call("queue_app_touch", performer=performer_id))
    events.announce_line(queries.behind(freed_ticket))


def save_settings(*, performer_id: UUID, changes: dict[str, Any]) -> QueueSettings:
    """Merge `changes` into her settings and return the whole; what is queued already stays as it is."""
    with transaction.atomic():
        saved = call(
            "queue_app_save_settings",
            performer=performer_id,
            mode=changes.get("mode"),
            auto_rejoin=changes.get("auto_rejoin"),
            accepts_slots=changes.get("accepts_slots"),
        )
        events.announce_touched(saved)
        if "mode" in changes:
            events.announce_intake(performer_id)
        return settings_of(performer_id)
