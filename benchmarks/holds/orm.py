"""Through Django: the product's services, and the same steps as one writes them with its ORM.

The peer works on copies of the ledger's tables (peer.sql), found by the search path, with the product's own models: the
same rows, constraints, triggers and locks in the same order. What differs is who takes the steps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from benchmarks.holds.worker import TOKENS
from core.actors import Actor
from wallet import ledger
from wallet.models import Account, Hold, Operation, Transfer

LIFE_SECONDS = 300


class Functions:
    """The product: each verb one statement."""

    def place_hold(self, viewer: str, performer: str, key: str) -> str:
        """Set tokens aside."""
        by = Actor(id=UUID(viewer), kind="viewer")
        placed = ledger.place_hold(
            by=by,
            viewer_id=UUID(viewer),
            performer_id=UUID(performer),
            tokens=TOKENS,
            key=key,
            expires_seconds=LIFE_SECONDS,
        )
        return str(placed.id)

    def settle_hold(self, viewer: str, hold: str, key: str) -> None:
        """Pay out."""
        ledger.settle_hold(by=Actor(id=UUID(viewer), kind="viewer"), hold_id=UUID(hold), tokens=None, key=key)

    def refund_hold(self, viewer: str, hold: str, key: str) -> None:
        """Give back."""
        by = Actor(id=UUID(viewer), kind="viewer")
        ledger.refund_hold(by=by, hold_id=UUID(hold), tokens=None, reason="user_cancelled", key=key)


class RoundTrips:
    """The peer: each verb a transaction of ORM calls under row locks."""

    def place_hold(self, viewer: str, performer: str, key: str) -> str:
        """Claim the key, lock, look, move, remember."""
        with transaction.atomic():
            operation = _claim(viewer, "place_hold", key)
            Account.objects.get(owner_id=UUID(performer), kind="earned", slice=0)
            available, escrow = _lock_wallet(viewer)
            if available.balance < TOKENS:
                raise RuntimeError("The peer's viewers ran out of tokens")
            hold = Hold.objects.create(
                viewer_id=viewer,
                performer_id=performer,
                amount=TOKENS,
                expires_at=timezone.now() + timedelta(seconds=LIFE_SECONDS),
            )
            _post(operation, "hold", available, escrow, hold)
            _remember(operation, {"hold_id": str(hold.pk)}, escrow)
        return str(hold.pk)

    def settle_hold(self, viewer: str, hold: str, key: str) -> None:
        """Claim the key, lock, look, move, resolve, remember."""
        with transaction.atomic():
            operation = _claim(viewer, "settle_hold", key)
            locked = Hold.objects.select_for_update(no_key=True).get(pk=hold, state="held")
            earned = Account.objects.get(owner_id=locked.performer_id, kind="earned", slice=0)
            _, escrow = _lock_wallet(viewer)
            self._resolve(operation, locked, "settle", escrow, earned, settled=TOKENS)

    def refund_hold(self, viewer: str, hold: str, key: str) -> None:
        """The same, back to the viewer."""
        with transaction.atomic():
            operation = _claim(viewer, "refund_hold", key)
            locked = Hold.objects.select_for_update(no_key=True).get(pk=hold, state="held")
            available, escrow = _lock_wallet(viewer)
            self._resolve(operation, locked, "refund", escrow, available, settled=0)

    @staticmethod
    def _resolve(
        operation: Operation, hold: Hold, code: str, escrow: Account, credit: Account, *, settled: int
    ) -> None:
        hold.resolved_by = _post(operation, code, escrow, credit, hold)
        hold.state = "settled" if settled else "refunded"
        hold.settled_amount, hold.resolved_at = settled, timezone.now()
        hold.save(update_fields=["state", "settled_amount", "resolved_by", "resolved_at"])
        _remember(operation, {"transfer_id": str(hold.resolved_by_id)}, escrow)


@contextmanager
def functions() -> Iterator[Functions]:
    """The product's way, on this thread's connection."""
    try:
        yield Functions()
    finally:
        connection.close()


@contextmanager
def round_trips() -> Iterator[RoundTrips]:
    """The peer's way, on this thread's connection, which sees the peer's tables first."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET search_path TO bench_naive, public")
        yield RoundTrips()
    finally:
        connection.close()


def _claim(viewer: str, verb: str, key: str) -> Operation:
    operation, is_new = Operation.objects.get_or_create(
        actor_id=viewer, verb=verb, key=key, defaults={"args_hash": hashlib.sha256(key.encode()).digest()}
    )
    if not is_new:
        raise RuntimeError("The peer saw a key twice")
    return operation


def _lock_wallet(viewer: str) -> tuple[Account, Account]:
    rows = Account.objects.select_for_update(no_key=True).filter(
        owner_id=UUID(viewer), kind__in=("available", "escrow"), slice=0
    )
    found = {account.kind: account for account in rows.order_by("id")}
    return found["available"], found["escrow"]


def _post(operation: Operation, code: str, debit: Account, credit: Account, hold: Hold) -> Transfer:
    made = Transfer.objects.create(
        debit_account=debit, credit_account=credit, amount=TOKENS, code=code, group_id=operation.pk, hold=hold
    )
    for account, change in ((debit, -TOKENS), (credit, TOKENS)):
        if account.kind != "earned":
            steps = {"revision": F("revision") + 1} if account.kind == "escrow" else {}
            Account.objects.filter(pk=account.pk).update(
                balance=F("balance") + change, version=F("version") + 1, **steps
            )
    return made


def _remember(operation: Operation, result: dict[str, str], escrow: Account) -> None:
    result["version"] = str(Account.objects.values_list("revision", flat=True).get(pk=escrow.pk))
    operation.result = result
    operation.save(update_fields=["result"])
