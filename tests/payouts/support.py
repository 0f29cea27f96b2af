"""Performers who have earned something, and payouts on their way."""

from __future__ import annotations

from itertools import count
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.models import Performer
from core.actors import SYSTEM, Actor
from core.idempotency import Answer, Claim
from payouts import services
from payouts.models import Payout
from tests import factories
from tests.wallet.support import key, settled, viewer_with
from wallet import services as wallet
from wallet.queries import balance_of

_number = count(1)
VERBS: dict[str, Any] = {
    "approve": services.approve_payout,
    "reject": services.reject_payout,
    "send": services.send_payout,
    "pay": services.pay_payout,
    "fail": services.fail_payout,
}


def earner(tokens: int = 5_000, *, verified: bool = True) -> Performer:
    """A performer who has earned this much."""
    performer = factories.performer()
    if verified:
        performer.verified_at = timezone.now()
        performer.save(update_fields=["verified_at"])
    if tokens:
        settled(viewer_with(tokens), performer, tokens)
    return performer


def debtor(owed: int = 1_000) -> Performer:
    """A performer who was paid what was corrected afterwards: she has nothing and owes this much."""
    performer = earner(0)
    done = settled(viewer_with(owed), performer, owed)
    payout_id = asked(performer, owed)
    for verb in ("approve", "send", "pay"):
        step(verb, payout_id)
    wallet.reverse_transfer(by=SYSTEM, transfer_id=done.transfer_id, reason="dispute", key=key())
    return performer


def claim(performer: Performer, key: str = "", mark: bytes = b"payout") -> Claim:
    """A key of hers, a new one or this one."""
    return Claim(performer.pk, key or f"payout-{next(_number)}", mark, "/api/v1/wallet/payouts")


def ask(performer: Performer, amount: int = 1_000, claimed: Claim | None = None) -> Answer:
    """She asks for a payout."""
    return services.request_payout(
        by=factories.actor(performer),
        claim=claimed or claim(performer),
        performer_id=performer.pk,
        amount=amount,
    )


def asked(performer: Performer, amount: int = 1_000) -> UUID:
    """The id of a payout she asked for."""
    return UUID(ask(performer, amount).body["requestId"])


def staff() -> Actor:
    """Another member of the staff."""
    return factories.actor(factories.staff())


def step(verb: str, payout_id: UUID, by: Actor | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - a service's
    """A step by staff, with a key and a reason of its own unless told."""
    words = {"reason": "ticket 12", "key": key(), **more}
    done: dict[str, Any] = VERBS[verb](by=by or staff(), payout_id=payout_id, **words)
    return done


def brought(performer: Performer, status: str, amount: int = 1_000) -> UUID:
    """A payout of hers that has come to this status."""
    payout_id = asked(performer, amount)
    paths = {
        "requested": (),
        "approved": ("approve",),
        "sent": ("approve", "send"),
        "paid": ("approve", "send", "pay"),
        "rejected": ("reject",),
        "failed": ("approve", "send", "fail"),
    }
    for verb in paths[status]:
        step(verb, payout_id)
    return payout_id


def status_of(payout_id: UUID) -> str:
    """Where it stands."""
    return Payout.objects.get(pk=payout_id).status


def money(performer: Performer) -> tuple[int, int]:
    """Earned, payout pending."""
    balance = balance_of(performer.pk)
    return balance.earned, balance.payout_pending
