"""The clients' history against the database: what was acknowledged stands there once, every token where it should."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from core.sql import loaded
from tests.drills.report import Deed
from wallet.invariants import findings
from wallet.models import Transfer
from wallet.queries import balance_of

Balances = dict[UUID, Counter[str]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How often the database disagrees with what its clients were told."""

    lost: int
    doubled: int
    mismatched: int
    balances_wrong: int
    violations: int

    @property
    def clean(self) -> bool:
        """Whether it never does."""
        return not (self.lost or self.doubled or self.mismatched or self.balances_wrong or self.violations)

    def figures(self) -> dict[str, int]:
        """As they go into a drill's line."""
        return {
            "LOST": self.lost,
            "DOUBLED": self.doubled,
            "MISMATCHED": self.mismatched,
            "BALANCES_WRONG": self.balances_wrong,
            "VIOLATIONS": self.violations,
        }


def judge(deeds: Iterable[Deed], people: Iterable[UUID]) -> Verdict:
    """Compare everything that was heard with everything that stands."""
    deeds = list(deeds)
    stored = _stored()
    # A request for a payout has its key elsewhere: what it moved is in the balances and in the number of transfers.
    remembered = [deed for deed in deeds if (deed.done or deed.refusal in REMEMBERED) and deed.verb != "request_payout"]
    lost = [deed for deed in remembered if deed.key not in stored]
    found = [deed for deed in remembered if deed.key in stored]
    return Verdict(
        lost=len(lost),
        # Repayments are nobody's deed: they come with payouts, and move nothing between what she has and what she owes.
        doubled=max(0, Transfer.objects.exclude(code="repayment").count() - sum(_transfers(deed) for deed in deeds)),
        mismatched=sum(not _same(deed, stored[deed.key]) for deed in found),
        balances_wrong=_wrong(balances(deeds), people),
        violations=sum(len(finding.broken) for finding in findings(timely=False)),
    )


# Refusals that count as answers: they stand under their key for good.
REMEMBERED = {"INSUFFICIENT_BALANCE", "ESCROW_ALREADY_PROCESSED", "CANNOT_REVERSE_TRANSFER", "ACCOUNT_CLOSED"}


def balances(deeds: Iterable[Deed]) -> Balances:
    """What everybody must have, from the history alone."""
    result: Balances = {}

    def move(owner: UUID | None, **tokens: int) -> None:
        if owner is not None:
            result.setdefault(owner, Counter()).update(tokens)

    for deed in deeds:
        answer, given = deed.answer, deed.given
        if answer is None:
            continue
        if deed.verb == "fund":
            move(given["owner_id"], available=given["tokens"])
        elif deed.verb == "place_hold":
            move(given["viewer_id"], available=-given["tokens"], escrow=given["tokens"])
        elif deed.verb in PAYOUTS:
            move(answer["performer_id"], **{name: sign * answer["tokens"] for name, sign in PAYOUTS[deed.verb].items()})
        elif deed.verb == "reverse":
            share = answer["tokens"] if answer["performer_id"] else -answer["tokens"]
            move(answer["viewer_id"], available=share)
            move(answer["performer_id"], earned=-answer["tokens"])
        else:
            settled, refunded = answer["settled"], answer["refunded"]
            move(answer["viewer_id"], available=refunded, escrow=-settled - refunded)
            move(answer["performer_id"], earned=settled)
    return result


def _transfers(deed: Deed) -> int:
    """How many movements a deed makes."""
    if deed.answer is None:
        return 0
    if deed.verb in {"fund", "place_hold"} or PAYOUTS.get(deed.verb):
        return 1
    if deed.verb in PAYOUTS:
        return 0
    if deed.verb == "reverse":
        return 2 if deed.answer["shortfall"] else 1
    return sum(deed.answer[share] > 0 for share in ("settled", "refunded"))


def _same(deed: Deed, stored: Mapping[str, Any]) -> bool:
    if deed.answer is None:
        return stored.get("refusal") == deed.refusal
    if deed.verb in PAYOUTS:
        return stored.get("id") == str(deed.answer["id"])
    name = "id" if deed.verb in {"fund", "reverse"} else "transfer_id"
    return stored.get("transfer_id") == str(deed.answer[name])


def _stored() -> dict[str, dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SELECT key, result FROM wallet_operation WHERE result IS NOT NULL")
        return {key: loaded(result) for key, result in cursor.fetchall()}


def _wrong(expected: Balances, people: Iterable[UUID]) -> int:
    return sum(
        _has(person) != Counter({name: expected.get(person, Counter())[name] for name in BUCKETS}) for person in people
    )


def _has(person: UUID) -> Counter[str]:
    """What lies in each bucket; what a performer owes is less of what she earned."""
    now = balance_of(person)
    found = Counter({name: getattr(now, name) for name in BUCKETS})
    found["earned"] -= now.owed
    return found


BUCKETS = ("available", "escrow", "earned", "payout_pending")
BACK = {"payout_pending": -1, "earned": 1}
# What each step of a payout moves.
PAYOUTS: dict[str, dict[str, int]] = {
    "request_payout": {"earned": -1, "payout_pending": 1},
    "approve_payout": {},
    "reject_payout": BACK,
    "send_payout": {},
    "fail_payout": BACK,
    "pay_payout": {"payout_pending": -1},
}
