"""Payouts: each change one statement, its announcements after the commit."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from audit.services import record
from core.actors import Actor
from core.exceptions import DomainError, InsufficientBalance, NotFound, RateLimitExceeded
from core.idempotency import REMEMBERED, Answer, Claim, replay
from core.problems import problem_body
from core.sql import call_claiming, call_value, refusal_of, translated
from notices.events import announce
from payouts import policies
from payouts.events import payout_updated
from payouts.states import REQUEST_WINDOW_SECONDS, REQUESTS
from wallet.events import balance_changed

Facts = dict[str, Any]


def request_payout(*, by: Actor, claim: Claim, performer_id: UUID, amount: int) -> Answer:
    """Ask for a payout of `amount` tokens: they leave her earnings at once, or nothing happened.

    The answer's body is {requestId, status}, once for the claim's key; its repetition is marked as replayed. An attempt
    counts, refused or not; a repetition does not. Raises RateLimitExceeded after three attempts in 24 hours,
    WalletNotVerified, InsufficientBalance, ValidationFailed below the minimum, AccountClosed, DuplicateKey; 402 and 409
    are remembered under the key.
    """
    policies.check_amount(amount)
    with translated(), transaction.atomic():
        found = _ask(by, claim, performer_id, amount)
        refusal = _refusal(found)
        if refusal is None and "answer" in found:
            payout_updated(found["payout"])
            balance_changed(performer_id)
            announce(found["notices"])
        elif refusal is not None and refusal.status in REMEMBERED and found["refusal"] != "DUPLICATE_IDEMPOTENCY_KEY":
            _store(claim, refusal)
    # Raised only now: within the transaction it would have erased the counted attempt.
    if refusal is not None:
        raise refusal
    return Answer(200, found["answer"]) if "answer" in found else replay(found)


def _ask(by: Actor, claim: Claim, performer_id: UUID, amount: int) -> Facts:
    return call_claiming(
        "payouts_request",
        actor=by.id,
        key=claim.key,
        fingerprint=claim.fingerprint,
        performer=performer_id,
        tokens=amount,
        minimum=settings.PAYOUT_MINIMUM_TOKENS,
        two_above=settings.PAYOUT_TWO_PEOPLE_ABOVE_TOKENS,
        limit=REQUESTS,
        window_seconds=REQUEST_WINDOW_SECONDS,
    )


def _refusal(found: Facts) -> DomainError | None:
    """The function's refusal in the words of the policies."""
    if "refusal" not in found:
        return None
    if found["refusal"] == RateLimitExceeded.code:
        return RateLimitExceeded.until(datetime.fromisoformat(found["reset_time"]), found["retry_after"])
    if found["refusal"] == InsufficientBalance.code:
        return policies.too_little(found["required"], found["available"])
    return refusal_of(found)


def _store(claim: Claim, refusal: DomainError) -> None:
    """Beside the counted attempt: a key that was free between the two would let a twin count once more."""
    body = problem_body(refusal, claim.path)
    call_value("core_store_answer", actor=claim.actor_id, key=claim.key, status=refusal.status, body=body)


def approve_payout(*, by: Actor, payout_id: UUID, reason: str, key: str, rate: Decimal | None = None) -> Facts:
    """Approve a payout at this rate, or at the setting's, once for the key; above the limit two people must.

    Raises NotFound, InvalidPayoutTransition, CannotApprovePayout (the own one, or twice), CannotChangeRate.
    """
    policies.check_rate(rate)
    return _step(
        "approve",
        by,
        payout_id,
        reason,
        key,
        rate=rate,
        default_rate=settings.PAYOUT_RATE,
        currency=settings.PAYOUT_CURRENCY,
    )


def reject_payout(*, by: Actor, payout_id: UUID, reason: str, key: str) -> Facts:
    """Refuse a payout that was not sent; the tokens are hers again.

    Raises NotFound, InvalidPayoutTransition, CannotApprovePayout (the own one).
    """
    return _step("reject", by, payout_id, reason, key)


def send_payout(*, by: Actor, payout_id: UUID, reason: str, key: str) -> Facts:
    """An approved payout is on its way. Raises as `reject_payout` does."""
    return _step("send", by, payout_id, reason, key)


def pay_payout(*, by: Actor, payout_id: UUID, reason: str, key: str) -> Facts:
    """A payout that was sent has arrived. Raises as `reject_payout` does."""
    return _step("pay", by, payout_id, reason, key)


def fail_payout(*, by: Actor, payout_id: UUID, reason: str, key: str) -> Facts:
    """A payout that was sent came back; the tokens are hers again. Raises as `reject_payout` does."""
    return _step("fail", by, payout_id, reason, key)


def _step(verb: str, by: Actor, payout_id: UUID, reason: str, key: str, **more: object) -> Facts:
    if by.kind != "staff":
        raise NotFound()
    with translated(), transaction.atomic():
        payout: Facts = call_value(f"payouts_{verb}", actor=by.id, key=key, payout=payout_id, reason=reason, **more)
        if payout.pop("fresh", False):
            _tell(verb, by, payout, reason)
    # Raised only now: a refusal stays under its key, so that no repetition turns it into a late success.
    if "refusal" in payout:
        raise refusal_of(payout)
    return payout


def _tell(verb: str, by: Actor, payout: Facts, reason: str) -> None:
    after = {name: payout[name] for name in ("status", "tokens", "rate", "currency", "worth")}
    record(
        by=by,
        action=f"payout.{verb}",
        target_type="payouts.payout",
        target_id=payout["id"],
        after=after,
        reason=reason,
    )
    payout_updated(payout)
    balance_changed(UUID(payout["performer_id"]))
    announce(payout.get("notices", ()))
