"""How each layer of the service spells the port's calls. Pure: no network, no clock.

`openapi` is its published document, `live` its running code, `contract_v1` the contract the platform once signed. What
a dialect has no address for raises NotSupported. `replays`: the same key again gets the first answer; `live` promises
no such thing, so there an unknown outcome must be looked up before anything is asked again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from loyalty import shapes
from loyalty.errors import CannotTell, NotSupported
from loyalty.gateway import Act, Balance, Escrow, Posting, Resolution
from loyalty.tokens import Decision

T = TypeVar("T")
PAGE = 1000
# Clocks differ; what we ask for cannot stand in their ledger long before we asked.
LOOK_BACK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request and how its answer is read. `read` raises msgspec.MsgspecError on a wrong shape."""

    method: str
    path: str
    member: str
    read: Callable[[bytes], T]
    body: dict[str, Any] | None = None
    key: str = ""
    decision: tuple[Decision, dict[str, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A look into a member's ledger: the posting if it is there, and whether there is more to read."""

    posting: Posting | None
    more: bool


def ident(value: str) -> str:
    """A value inside a path."""
    return quote(value, safe="")


class Dialect:
    """What all spell alike, and refusals for what one of them lacks."""

    name = ""
    prefix = "/v1"
    replays = True

    def ready(self) -> Call[bool]:
        """Whether it can serve; health stands outside the prefix."""
        return Call("GET", "/health/ready", "", lambda _body: True)

    def balance(self, member: str) -> Call[Balance]:
        """A member's points."""
        raise NotSupported

    def credit(self, member: str, points: int, reason: str, key: str) -> Call[Posting]:
        """Give points."""
        raise NotSupported

    def deduct(self, member: str, points: int, reason: str, key: str) -> Call[Posting]:
        """Take points."""
        raise NotSupported

    def ledger(self, member: str, points: int, act: Act, offset: int) -> Call[Page]:
        """Look for the movement of this key, a page at a time; `points` is negative for a deduction."""
        raise NotSupported

    def hold(self, member: str, points: int, reason: str, item_id: str, feature: str, key: str) -> Call[Escrow]:
        """Set points aside."""
        raise NotSupported

    def settle(self, escrow: Escrow, model: str, reason: str, key: str) -> Call[Resolution]:
        """Pay out."""
        raise NotSupported

    def refund(self, escrow: Escrow, reason: str, key: str) -> Call[Resolution]:
        """Give back."""
        raise NotSupported

    def partial(self, escrow: Escrow, model: str, settled: int, reason: str, key: str) -> Call[Resolution]:
        """Both in part."""
        raise NotSupported

    def escrow(self, member: str, escrow_id: str) -> Call[Escrow]:
        """One escrow."""
        raise NotSupported

    def escrows(self, member: str) -> Call[list[Escrow]]:
        """All of a member's escrows."""
        raise NotSupported


class Live(Dialect):
    """The running code: wallet/credit and wallet/deduct say {ok: true}, escrows can only be read."""

    name = "live"
    prefix = "/api/v1"
    replays = False

    def balance(self, member: str) -> Call[Balance]:
        return Call("GET", f"{self.prefix}/ledger/balance/{ident(member)}", member, _balance)

    def credit(self, member: str, points: int, reason: str, key: str) -> Call[Posting]:
        return self._moved("credit", member, points, reason, key)

    def deduct(self, member: str, points: int, reason: str, key: str) -> Call[Posting]:
        return self._moved("deduct", member, points, reason, key)

    def _moved(self, verb: str, member: str, points: int, reason: str, key: str) -> Call[Posting]:
        body = {"accountId": member, "amount": points, "reason": reason, "source": "model-menus", "idempotencyKey": key}

        def read(answer: bytes) -> Posting:
            msgspec.json.decode(answer, type=shapes.AcceptedShape)
            return Posting(key)

        return Call("POST", f"{self.prefix}/wallet/{verb}", member, read, body, key)

    def ledger(self, member: str, points: int, act: Act, offset: int) -> Call[Page]:
        query = urlencode(
            {"userId": member, "startDate": _zulu(act.since - LOOK_BACK), "limit": PAGE, "offset": offset}
        )

        def read(answer: bytes) -> Page:
            found = msgspec.json.decode(answer, type=shapes.LedgerShape)
            row = next((row for row in found.transactions if row.idempotency_key == act.key), None)
            return Page(None if row is None else _same(row.id, abs(row.amount), abs(points)), found.pagination.has_more)

        return Call("GET", f"{self.prefix}/ledger/transactions?{query}", member, read)

    def escrow(self, member: str, escrow_id: str) -> Call[Escrow]:
        def read(answer: bytes) -> Escrow:
            return _escrow(msgspec.json.decode(answer, type=shapes.EscrowShape))

        return Call("GET", f"{self.prefix}/wallets/{ident(member)}/escrow/{ident(escrow_id)}", member, read)


class OpenApi(Live):
    """The published document: everything, with replays by key and the queue's token for decisions."""

    name = "openapi"
    prefix = "/v1"
    replays = True

    def balance(self, member: str) -> Call[Balance]:
        return Call("GET", f"{self.prefix}/wallets/{ident(member)}/balance", member, _balance)

    def credit(self, member: str, points: int, reason: str, key: str) -> Call[Posting]:
        return self._posted("earn", member, points, reason, key)

    def deduct(self, member: str, points: int, reason: str, key: str) -> Call[Posting]:
        return self._posted("redeem", member, points, reason, key)

    def _posted(self, verb: str, member: str, points: int, reason: str, key: str) -> Call[Posting]:
        body = {"userId": member, "amount": points, "reason": reason, "idempotencyKey": key}

        def read(answer: bytes) -> Posting:
            return Posting(msgspec.json.decode(answer, type=shapes.PostedShape).transaction.id)

        return Call("POST", f"{self.prefix}/{verb}", member, read, body, key)

    def hold(self, member: str, points: int, reason: str, item_id: str, feature: str, key: str) -> Call[Escrow]:
        body = {
            "amount": points,
            "reason": reason,
            "queueItemId": item_id,
            "featureType": feature,
            "idempotencyKey": key,
        }

        def read(answer: bytes) -> Escrow:
            found = msgspec.json.decode(answer, type=shapes.HeldShape)
            return Escrow(found.escrow_id, member, points, "held", item_id)

        return Call("POST", f"{self.prefix}/wallets/{ident(member)}/escrow/hold", member, read, body, key)

    def settle(self, escrow: Escrow, model: str, reason: str, key: str) -> Call[Resolution]:
        facts = {"modelId": model, "amount": escrow.points, "reason": reason}

        def read(answer: bytes) -> Resolution:
            found = msgspec.json.decode(answer, type=shapes.SettledShape)
            return Resolution(escrow.escrow_id, found.settled_amount, 0)

        return self._decided(escrow, "settle", "queue_settlement", facts, key, read)

    def refund(self, escrow: Escrow, reason: str, key: str) -> Call[Resolution]:
        facts = {"userId": escrow.member, "amount": escrow.points, "reason": reason}

        def read(answer: bytes) -> Resolution:
            found = msgspec.json.decode(answer, type=shapes.RefundedShape)
            return Resolution(escrow.escrow_id, 0, found.refunded_amount)

        return self._decided(escrow, "refund", "queue_refund", facts, key, read)

    def partial(self, escrow: Escrow, model: str, settled: int, reason: str, key: str) -> Call[Resolution]:
        facts = {
            "userId": escrow.member,
            "modelId": model,
            "settleAmount": settled,
            "refundAmount": escrow.points - settled,
            "reason": reason,
        }

        def read(answer: bytes) -> Resolution:
            found = msgspec.json.decode(answer, type=shapes.PartialShape)
            return Resolution(escrow.escrow_id, found.settled_amount, found.refunded_amount)

        return self._decided(escrow, "partial-settle", "queue_partial_settlement", facts, key, read)

    def _decided(
        self,
        escrow: Escrow,
        verb: str,
        decision: Decision,
        facts: dict[str, Any],
        key: str,
        read: Callable[[bytes], Resolution],
    ) -> Call[Resolution]:
        body = {**facts, "queueItemId": escrow.item_id, "idempotencyKey": key}
        # The token binds the whole amount too: a part is bound beside it.
        claims = {"amount": escrow.points, **facts, "queueItemId": escrow.item_id, "escrowId": escrow.escrow_id}
        path = f"{self.prefix}/wallets/escrow/{ident(escrow.escrow_id)}/{verb}"
        return Call("POST", path, escrow.member, read, body, key, (decision, claims))

    def escrows(self, member: str) -> Call[list[Escrow]]:
        def read(answer: bytes) -> list[Escrow]:
            found = msgspec.json.decode(answer, type=shapes.EscrowListShape)
            return [_escrow(row) for row in found.escrow_items]

        return Call("GET", f"{self.prefix}/wallets/{ident(member)}/escrow?status=all", member, read)


class ContractV1(Dialect):
    """The contract that was signed: members and points; it knows no escrow."""

    name = "contract_v1"

    def balance(self, member: str) -> Call[Balance]:
        def read(answer: bytes) -> Balance:
            found = msgspec.json.decode(answer, type=shapes.MemberWalletShape)
            return Balance(found.available_points, found.escrow_points)

        return Call("GET", f"{self.prefix}/members/{ident(member)}/wallet", member, read)

    def credit(self, member: str, points: int, reason: str, key: str) -> Call[Posting]:
        body = {"member_id": member, "points": points, "reason_code": reason, "source_ref": key, "idempotencyKey": key}

        def read(answer: bytes) -> Posting:
            return Posting(msgspec.json.decode(answer, type=shapes.EarnedShape).ledger_entry_id)

        return Call("POST", f"{self.prefix}/points/earn", member, read, body, key)

    def ledger(self, member: str, points: int, act: Act, offset: int) -> Call[Page]:
        query = urlencode({"from": _zulu(act.since - LOOK_BACK), "limit": PAGE, "offset": offset})

        def read(answer: bytes) -> Page:
            found = msgspec.json.decode(answer, type=shapes.MemberLedgerShape)
            row = next((row for row in found.entries if row.source_ref == act.key), None)
            return Page(None if row is None else _same(row.id, row.points_delta, points), found.has_more)

        return Call("GET", f"{self.prefix}/members/{ident(member)}/ledger?{query}", member, read)


DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (Live(), OpenApi(), ContractV1())}


def _balance(answer: bytes) -> Balance:
    found = msgspec.json.decode(answer, type=shapes.BalanceShape)
    return Balance(found.available, found.escrow)


def _escrow(found: shapes.EscrowShape) -> Escrow:
    return Escrow(found.escrow_id, found.user_id, found.amount, found.status, found.queue_item_id)


def _same(reference: str, moved: int, asked: int) -> Posting:
    # Another amount under our key is nothing that a machine should decide about.
    if moved != asked:
        raise CannotTell
    return Posting(reference, found=True)


def _zulu(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
