"""What the fake service answers to a request: its routes in three dialects, its checks of tokens, its error shapes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jwt

from tests.loyalty.fake_ledger import FakeLedger, Json, No

TOKEN_SECRET = "token-secret-of-the-tests-0123456789abcdef"
QUEUE_SECRET = "queue-secret-of-the-tests-0123456789abcdef"
TENANT = "model-menus-tests"
DECISIONS = {"settle": "queue_settlement", "refund": "queue_refund", "partial-settle": "queue_partial_settlement"}


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: Mapping[str, str]
    raw: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def body(self) -> Json:
        found: Json = json.loads(self.raw or b"{}")
        return found

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    @property
    def key(self) -> str:
        return self.headers.get("X-Idempotency-Key", "")


Handler = Callable[["FakeApi", Asked, "re.Match[str]"], tuple[int, Json]]
ROUTES: list[tuple[str, str, re.Pattern[str], Handler]] = []


def route(mode: str, method: str, pattern: str) -> Callable[[Handler], Handler]:
    """Register a handler for one dialect ("both" for the read-only addresses that two share)."""

    def decorate(handler: Handler) -> Handler:
        ROUTES.append((mode, method, re.compile(f"^{pattern}$"), handler))
        return handler

    return decorate


@dataclass
class FakeApi:
    """The service in one dialect: openapi and contract_v1 are strict, live is not."""

    dialect: str
    skew_seconds: float = 0.0
    ledger: FakeLedger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = FakeLedger(strict=self.dialect != "live")

    def answer(self, asked: Asked) -> tuple[int, Json]:
        """Status and JSON; everything that goes wrong in the dialect's own shape."""
        try:
            return self._routed(asked)
        except No as no:
            return self._refused(no)

    def _routed(self, asked: Asked) -> tuple[int, Json]:
        path = urlsplit(asked.path).path
        if path == "/health/ready":
            return 200, {"status": "ready"}
        prefix = "/api/v1" if self.dialect == "live" else "/v1"
        if path.startswith(prefix):
            self._check_token(asked)
            for mode, method, pattern, handler in ROUTES:
                match = pattern.match(path.removeprefix(prefix))
                if match and method == asked.method and self.dialect in mode.split("|"):
                    with self.ledger.lock:
                        return handler(self, asked, match)
        raise No(404, "NOT_FOUND")

    def _refused(self, no: No) -> tuple[int, Json]:
        if self.dialect == "live":
            # The running code knows no 402: whatever its service throws is a generic 500.
            status = 500 if no.code == "INSUFFICIENT_BALANCE" else no.status
            return status, {"statusCode": status, "message": "Internal server error", "error": no.code}
        if self.dialect == "contract_v1":
            return no.status, {"error": {"code": no.code, "message": "No.", "details": no.details}}
        return no.status, {"error": no.code, "message": "No.", "details": no.details}

    def _check_token(self, asked: Asked) -> None:
        claims = self.decoded(asked.headers.get("Authorization", "").removeprefix("Bearer "), TOKEN_SECRET)
        wanted = "tenantId" if self.dialect == "live" else "tenant_id"
        if claims is None or claims.get(wanted) != TENANT or not claims.get("sub") or not claims.get("userId"):
            raise No(401, "AUTH_INVALID")

    def decoded(self, token: str, secret: str) -> Json | None:
        """A token's claims by this server's clock; None where it is not good."""
        try:
            options: Any = {"verify_exp": False, "verify_iat": False}
            claims: Json = jwt.decode(token, secret, algorithms=["HS256"], options=options)
        except jwt.PyJWTError:
            return None
        here = time.time() + self.skew_seconds
        return claims if claims["iat"] <= here < claims["exp"] else None

    def once(self, asked: Asked, change: Callable[[], Json], *, new: int = 201) -> tuple[int, Json]:
        """A change under its key, which must be the same in the headers and the body."""
        if not (asked.key == asked.headers.get("Idempotency-Key") == asked.body.get("idempotencyKey")):
            raise No(400, "INVALID_REQUEST")
        fresh, answer = self.ledger.once(asked.key, {**asked.body, "path": asked.path}, change)
        return (new if fresh else 200), answer


def points(value: object) -> int:
    """A positive whole number."""
    if not isinstance(value, int) or value <= 0:
        raise No(422, "VALIDATION_FAILED")
    return value


# --- openapi


@route("openapi", "GET", r"/wallets/([^/]+)/balance")
@route("live", "GET", r"/ledger/balance/([^/]+)")
def balance(api: FakeApi, _asked: Asked, match: re.Match[str]) -> tuple[int, Json]:
    return 200, api.ledger.balance(unquote(match[1]))


@route("openapi", "POST", r"/(earn|redeem)")
def earn_or_redeem(api: FakeApi, asked: Asked, match: re.Match[str]) -> tuple[int, Json]:
    body = asked.body
    sign = 1 if match[1] == "earn" else -1

    def change() -> Json:
        moved = api.ledger.move(body["userId"], sign * points(body["amount"]), asked.key, body["reason"])
        return {"transaction": dict(moved), "wallet": api.ledger.balance(body["userId"])}

    return api.once(asked, change)


@route("openapi", "POST", r"/wallets/([^/]+)/escrow/hold")
def hold(api: FakeApi, asked: Asked, match: re.Match[str]) -> tuple[int, Json]:
    body, member = asked.body, unquote(match[1])
    return api.once(
        asked,
        lambda: api.ledger.hold(
            member, points(body["amount"]), body["queueItemId"], body["featureType"], body["reason"]
        ),
    )


@route("openapi", "POST", r"/wallets/escrow/([^/]+)/(settle|refund|partial-settle)")
def resolve(api: FakeApi, asked: Asked, match: re.Match[str]) -> tuple[int, Json]:
    body, escrow_id, verb = asked.body, match[1], match[2]
    check_decision(api, asked, escrow_id, verb)
    parts = {
        "settle": (body.get("amount"), 0, body.get("modelId"), "settled"),
        "refund": (0, body.get("amount"), "", "refunded"),
        "partial-settle": (
            body.get("settleAmount"),
            body.get("refundAmount"),
            body.get("modelId"),
            "partially_settled",
        ),
    }[verb]
    answer_fields = {
        "settle": ("transactionId", "settledAmount", "modelEarnedBalance", "timestamp"),
        "refund": ("transactionId", "refundedAmount", "userAvailableBalance", "timestamp"),
        "partial-settle": (
            "transactionId",
            "refundedAmount",
            "settledAmount",
            "userAvailableBalance",
            "modelEarnedBalance",
            "timestamp",
        ),
    }[verb]

    def change() -> Json:
        settled, refunded, model, status = parts
        full = api.ledger.resolve(escrow_id, int(settled or 0), int(refunded or 0), str(model or ""), status)
        return {name: full[name] for name in answer_fields}

    return api.once(asked, change, new=200)


def check_decision(api: FakeApi, asked: Asked, escrow_id: str, verb: str) -> None:
    """The queue's token must be good and bind the item, the escrow, the amounts and the people."""
    row = api.ledger.found(escrow_id)
    claims = api.decoded(asked.headers.get("X-Queue-Auth-Token", ""), QUEUE_SECRET)
    body = asked.body
    bound = {name: body[name] for name in ("modelId", "userId", "settleAmount", "refundAmount") if name in body}
    wanted = {"type": DECISIONS[verb], "queueItemId": row["queueItemId"], "escrowId": escrow_id} | bound
    wanted |= {"amount": row["amount"], "sub": "queue_service", "role": "queue_service", "reason": body["reason"]}
    if claims is None or any(claims.get(name) != value for name, value in wanted.items()):
        raise No(403, "INVALID_AUTHORIZATION")
    if body["queueItemId"] != row["queueItemId"]:
        raise No(422, "VALIDATION_FAILED")


@route("openapi|live", "GET", r"/wallets/([^/]+)/escrow/([^/]+)")
def escrow_detail(api: FakeApi, _asked: Asked, match: re.Match[str]) -> tuple[int, Json]:
    row = api.ledger.found(match[2])
    if row["userId"] != unquote(match[1]):
        raise No(404, "ESCROW_NOT_FOUND")
    return 200, dict(row)


@route("openapi", "GET", r"/wallets/([^/]+)/escrow")
def escrow_list(api: FakeApi, asked: Asked, match: re.Match[str]) -> tuple[int, Json]:
    member, status = unquote(match[1]), asked.query.get("status", "all")
    rows = [row for row in api.ledger.escrows.values() if row["userId"] == member and status in {"all", row["status"]}]
    return 200, {"userId": member, "escrowItems": rows, "totalEscrow": api.ledger.escrow_of(member)}


@route("openapi|live", "GET", r"/ledger/transactions")
def transactions(api: FakeApi, asked: Asked, _match: re.Match[str]) -> tuple[int, Json]:
    limit, offset = int(asked.query["limit"]), int(asked.query["offset"])
    rows, more = api.ledger.movements(asked.query["userId"], min(limit, 1000), offset)
    pagination = {"limit": limit, "offset": offset, "total": len(api.ledger.entries), "hasMore": more}
    return 200, {"transactions": rows, "pagination": pagination}


# --- live


@route("live", "POST", r"/wallet/(credit|deduct)")
def credit_or_deduct(api: FakeApi, asked: Asked, match: re.Match[str]) -> tuple[int, Json]:
    body = asked.body
    sign = 1 if match[1] == "credit" else -1

    def change() -> Json:
        api.ledger.move(body["accountId"], sign * points(body["amount"]), body["idempotencyKey"], body["reason"])
        return {"ok": True}

    return 201, api.once(asked, change)[1]


# --- contract v1


@route("contract_v1", "GET", r"/members/([^/]+)/wallet")
def member_wallet(api: FakeApi, _asked: Asked, match: re.Match[str]) -> tuple[int, Json]:
    found = api.ledger.balance(unquote(match[1]))
    return 200, {
        "available_points": found["available"],
        "escrow_points": found["escrow"],
        "pending_points": 0,
        "expiring_soon": [],
        "as_of": found["asOf"],
    }


@route("contract_v1", "POST", r"/points/earn")
def points_earn(api: FakeApi, asked: Asked, _match: re.Match[str]) -> tuple[int, Json]:
    body = asked.body

    def change() -> Json:
        moved = api.ledger.move(body["member_id"], points(body["points"]), asked.key, body["reason_code"])
        return {"ledger_entry_id": moved["id"], "posting": "POSTED"}

    return api.once(asked, change)


@route("contract_v1", "GET", r"/members/([^/]+)/ledger")
def member_ledger(api: FakeApi, asked: Asked, match: re.Match[str]) -> tuple[int, Json]:
    rows, more = api.ledger.movements(unquote(match[1]), int(asked.query["limit"]), int(asked.query["offset"]))
    entries = [
        {
            "id": row["id"],
            "type": "EARN",
            "points_delta": row["amount"],
            "balance_after": row["newBalance"],
            "reason_code": row["reason"],
            "source_ref": row["idempotencyKey"],
        }
        for row in rows
    ]
    return 200, {"entries": entries, "has_more": more}
