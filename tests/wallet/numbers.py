"""The wallet as plain numbers: what the state machine compares the real one with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from core.exceptions import DomainError

# Refused before anything was done: the key is free again.
KEY_STAYS_FREE = {"VALIDATION_ERROR", "PERFORMER_NOT_FOUND", "NOT_FOUND", "RATE_LIMIT_EXCEEDED", "WALLET_NOT_VERIFIED"}

BALANCES = """
SELECT owner_id, kind, CASE WHEN kind IN ('earned', 'receivable') THEN wallet_summed_balance(id) ELSE balance END
FROM wallet_account WHERE owner_id = ANY (%s)
"""


@dataclass
class Held:
    """What the model knows of a hold. `due`: its time is over, the next sweep gives it back."""

    id: Any
    viewer: int
    performer: int | None
    tokens: int
    due: bool = False
    open: bool = True


@dataclass
class Paid:
    """What the model knows of a transfer that may be reversed."""

    id: Any
    viewer: int
    performer: int | None
    tokens: int
    reversed: bool = False


@dataclass
class Payout:
    """What the model knows of a payout; `approvers` are the staff who have approved it, by their place."""

    id: Any
    performer: int
    tokens: int
    status: str = "requested"
    approvers: list[int] = field(default_factory=list)


@dataclass
class Numbers:
    """Everything as it should be, for two viewers and two performers."""

    available: list[int] = field(default_factory=lambda: [0, 0])
    escrow: list[int] = field(default_factory=lambda: [0, 0])
    earned: list[int] = field(default_factory=lambda: [0, 0])
    payout_pending: list[int] = field(default_factory=lambda: [0, 0])
    receivable: list[int] = field(default_factory=lambda: [0, 0])
    attempts: list[int] = field(default_factory=lambda: [0, 0])
    prizes: int = 0

    def payable(self, place: int) -> int:
        """What a performer may take out: earned less owed."""
        return max(0, self.earned[place] + self.receivable[place])

    def repay(self, place: int) -> None:
        """What she owes goes off what she has earned, as far as it reaches."""
        tokens = min(self.earned[place], -self.receivable[place])
        self.earned[place] -= tokens
        self.receivable[place] += tokens

    def of_viewer(self, place: int) -> dict[str, int]:
        """Her buckets."""
        return {"available": self.available[place], "escrow": self.escrow[place]}

    def of_performer(self, place: int) -> dict[str, int]:
        """Her buckets."""
        return {
            "earned": self.earned[place],
            "payout_pending": self.payout_pending[place],
            "receivable": self.receivable[place],
        }


def real_balances(owners: list[UUID]) -> dict[UUID, dict[str, int]]:
    """What the database says of all of them, in one statement."""
    found: dict[UUID, dict[str, int]] = {owner: {} for owner in owners}
    with connection.cursor() as cursor:
        cursor.execute(BALANCES, [owners])
        for owner, kind, tokens in cursor.fetchall():
            found[owner][kind] = tokens
    return found


def prize_fund() -> int:
    """What lies in all slices."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(balance)::bigint FROM wallet_account WHERE kind = 'prize'")
        return int(cursor.fetchone()[0])


def outcome(deed: Callable[..., Any], **given: Any) -> Any:  # noqa: ANN401 - an answer or a code
    """What it answers, without what is told once only; or the code of its refusal."""
    try:
        answer = deed(**given)
    except DomainError as refusal:
        return refusal.code
    if isinstance(answer, dict):
        return {name: value for name, value in answer.items() if name != "notices"}
    return answer


def changed(given: dict[str, Any]) -> dict[str, Any]:
    """The same request with one thing different."""
    if "reason" in given:
        return {"reason": "another"}
    return {"tokens": (given["tokens"] or 0) + 1}


@dataclass
class Correction:
    """What the model knows of a correction by hand; `people` are the staff who agree, by their place."""

    id: Any
    bucket: str
    owner: int
    sign: int
    tokens: int
    needed: int
    people: list[int]
    open: bool
