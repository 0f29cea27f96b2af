"""The books of the fake loyalty service: points, escrows, keys. Knows nothing of HTTP.

Strict: a key gets its first answer again, byte for byte, and another body under it is refused. Not strict: keys are
written down and otherwise ignored, as the running service does.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

Json = dict[str, Any]


class No(Exception):
    """A refusal with the service's status and code."""

    def __init__(self, status: int, code: str, **details: object) -> None:
        super().__init__(code)
        self.status, self.code, self.details = status, code, details


@dataclass
class FakeLedger:
    """Everything the service knows."""

    strict: bool
    available: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    earned: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    entries: list[Json] = field(default_factory=list)
    escrows: dict[str, Json] = field(default_factory=dict)
    keys: dict[str, tuple[str, Json]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    # --- what tests ask

    def credits_by_key(self) -> Counter[str]:
        """How often each key was credited."""
        with self.lock:
            return Counter(entry["idempotencyKey"] for entry in self.entries if entry["amount"] > 0)

    def escrow_of(self, member: str) -> int:
        """A member's points in open escrows."""
        return sum(
            row["amount"] for row in self.escrows.values() if row["userId"] == member and row["status"] == "held"
        )

    def total(self) -> int:
        """All points there are; only credits and deductions change it."""
        members = {row["userId"] for row in self.escrows.values()} | set(self.available)
        return sum(self.available.values()) + sum(self.earned.values()) + sum(map(self.escrow_of, members))

    # --- changes, once by key

    def once(self, key: str, body: Json, change: Callable[[], Json]) -> tuple[bool, Json]:
        """(whether it is new, its answer)."""
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        with self.lock:
            if self.strict and key in self.keys:
                known, answer = self.keys[key]
                if known != digest:
                    raise No(409, "IDEMPOTENCY_KEY_REUSE_MISMATCH")
                return False, answer
            answer = change()
            if key:
                self.keys[key] = (digest, answer)
            return True, answer

    def move(self, member: str, amount: int, key: str, reason: str) -> Json:
        """A credit, or a deduction (negative)."""
        if self.available[member] + amount < 0:
            raise No(402, "INSUFFICIENT_BALANCE", required=-amount, available=self.available[member])
        before = self.available[member]
        self.available[member] += amount
        entry = {
            "id": str(uuid4()),
            "userId": member,
            "amount": amount,
            "type": "credit" if amount > 0 else "debit",
            "reason": reason,
            "timestamp": now(),
            "idempotencyKey": key,
            "previousBalance": before,
            "newBalance": self.available[member],
            "requestId": str(uuid4()),
        }
        self.entries.append(entry)
        return entry

    def hold(self, member: str, amount: int, item: str, feature: str, reason: str) -> Json:
        """Points set aside for one item."""
        if any(row["queueItemId"] == item for row in self.escrows.values()):
            raise No(409, "CONFLICT", queueItemId=item)
        before = self.available[member]
        if before < amount:
            raise No(402, "INSUFFICIENT_BALANCE", required=amount, available=before)
        self.available[member] -= amount
        escrow_id = str(uuid4())
        self.escrows[escrow_id] = {
            "escrowId": escrow_id,
            "userId": member,
            "amount": amount,
            "status": "held",
            "queueItemId": item,
            "featureType": feature,
            "reason": reason,
            "createdAt": now(),
        }
        return {
            "transactionId": str(uuid4()),
            "escrowId": escrow_id,
            "previousBalance": before,
            "newAvailableBalance": self.available[member],
            "escrowBalance": self.escrow_of(member),
            "timestamp": now(),
        }

    def resolve(self, escrow_id: str, settled: int, refunded: int, model: str, status: str) -> Json:
        """One escrow's end; the parts must be the whole."""
        row = self.found(escrow_id)
        if row["status"] != "held":
            raise No(409, "ESCROW_ALREADY_PROCESSED", escrowId=escrow_id, found=row["status"])
        if settled + refunded != row["amount"] or min(settled, refunded) < 0:
            raise No(422, "VALIDATION_FAILED")
        row |= {"status": status, "modelId": model, "processedAt": now()}
        self.available[row["userId"]] += refunded
        if settled:
            self.earned[model] += settled
        return {
            "transactionId": str(uuid4()),
            "settledAmount": settled,
            "refundedAmount": refunded,
            "modelEarnedBalance": self.earned[model],
            "userAvailableBalance": self.available[row["userId"]],
            "timestamp": now(),
        }

    def found(self, escrow_id: str) -> Json:
        """An escrow that exists."""
        if escrow_id not in self.escrows:
            raise No(404, "ESCROW_NOT_FOUND")
        return self.escrows[escrow_id]

    # --- reads

    def balance(self, member: str) -> Json:
        """The five fields of a balance."""
        available, escrow = self.available[member], self.escrow_of(member)
        return {
            "userId": member,
            "available": available,
            "escrow": escrow,
            "total": available + escrow,
            "asOf": now(),
        }

    def movements(self, member: str, limit: int, offset: int) -> tuple[list[Json], bool]:
        """A page of a member's ledger, newest first, and whether there is more."""
        rows = [entry for entry in reversed(self.entries) if entry["userId"] == member]
        return rows[offset : offset + limit], offset + limit < len(rows)


def now() -> str:
    """The service's time."""
    return datetime.now(UTC).isoformat()
