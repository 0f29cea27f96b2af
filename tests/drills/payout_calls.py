"""Payouts as one more thing that clients ask for all the time: a request and every step staff may take after it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models.functions import Now

from accounts.models import Performer
from core.actors import Actor
from core.idempotency import Claim, fingerprint
from payouts import services
from tests import factories


def allow_many(performers: list[UUID]) -> None:
    """Verify the wallets, let their owners ask more often than three times a day, and see that somebody can decide."""
    _staff()
    Performer.objects.filter(pk__in=performers).update(verified_at=Now())
    setattr(services, "REQUESTS", 10**6)  # noqa: B010 - an import there, which mypy keeps private


@cache
def _staff() -> Actor:
    """Whoever decides; not the performer, so one person is enough."""
    return factories.actor(factories.staff())


def request(*, by: Actor, key: str, performer_id: UUID, tokens: int) -> dict[str, Any]:
    """She asks; the answer names the payout."""
    claim = Claim(performer_id, key, fingerprint("POST", "/payouts", "", {"amount": tokens}))
    her = Actor(id=performer_id, kind="performer")
    answer = services.request_payout(by=her, claim=claim, performer_id=performer_id, amount=tokens)
    return {"id": UUID(answer.body["requestId"]), "performer_id": performer_id, "tokens": tokens}


def step(service: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """One of staff's steps, answered with what moves the money."""

    def take(*, by: Actor, key: str, payout_id: UUID, reason: str) -> dict[str, Any]:
        payout = service(by=_staff(), payout_id=payout_id, reason=reason, key=key)
        return {"id": payout_id, "performer_id": UUID(payout["performer_id"]), "tokens": payout["tokens"]}

    return take


CALLS: dict[str, Callable[..., dict[str, Any]]] = {
    "request_payout": request,
    "approve_payout": step(services.approve_payout),
    "reject_payout": step(services.reject_payout),
    "send_payout": step(services.send_payout),
    "fail_payout": step(services.fail_payout),
    "pay_payout": step(services.pay_payout),
}
