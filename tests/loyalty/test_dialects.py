"""Each dialect says the same things in its own words, and the fake answers with the fields the service documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import jwt
import pytest

from loyalty.config import Loyalty
from loyalty.dialects import DIALECTS, Call
from loyalty.errors import NotSupported
from loyalty.gateway import Act, Balance, Escrow, wire_key
from loyalty.tokens import queue_token, service_token
from tests.loyalty.conftest import Use
from tests.loyalty.fake_api import QUEUE_SECRET, TOKEN_SECRET, Asked, FakeApi
from tests.loyalty.fake_server import FakeServer

pytestmark = pytest.mark.django_db


def act(name: str, *, uncertain: bool = False) -> Act:
    return Act(wire_key(name), datetime.now(UTC), uncertain)


def test_points_are_credited_and_read_back(any_server: FakeServer, use: Use) -> None:
    client = use(any_server)
    client.credit("m-1", 250, "promotional_award", act("a"))
    assert client.balance("m-1") == Balance(250, 0)
    assert client.balance("nobody") == Balance(0, 0)
    assert client.ready()


def test_every_change_carries_its_key_three_times_and_a_token_for_the_tenant(any_server: FakeServer, use: Use) -> None:
    use(any_server).credit("m-1", 250, "promotional_award", act("a"))
    asked = any_server.changes()[0]
    key = wire_key("a")
    assert (asked.headers["X-Idempotency-Key"], asked.headers["Idempotency-Key"]) == (key, key)
    assert asked.body["idempotencyKey"] == key
    assert asked.headers["X-Request-ID"] == asked.headers["X-Request-Trace"]
    assert "X-Queue-Auth-Token" not in asked.headers
    token = asked.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, TOKEN_SECRET, algorithms=["HS256"])
    assert claims["tenantId"] == claims["tenant_id"]
    assert claims["userId"] == claims["sub"] == "m-1"
    assert claims["exp"] - claims["iat"] <= 330


def test_points_are_taken_where_there_are_enough(strict_server: FakeServer, use: Use) -> None:
    client = use(strict_server)
    client.credit("m-1", 250, "promotional_award", act("a"))
    client.deduct("m-1", 200, "admin_debit", act("b"))
    assert client.balance("m-1") == Balance(50, 0)


def test_an_escrow_goes_its_three_ways(strict_server: FakeServer, use: Use) -> None:
    client = use(strict_server)
    client.credit("m-1", 900, "promotional_award", act("a"))
    total = strict_server.api.ledger.total()
    held = [client.hold("m-1", 300, "chip_menu_purchase", f"item-{n}", "menus", act(f"hold-{n}")) for n in range(3)]
    settled = client.settle(held[0], "model-1", "performance_completed", act("s"))
    refunded = client.refund(held[1], "performance_abandoned", act("r"))
    partial = client.partial(held[2], "model-1", 120, "partial_performance", act("p"))
    assert [(r.settled, r.refunded) for r in (settled, refunded, partial)] == [(300, 0), (0, 300), (120, 180)]
    assert client.balance("m-1") == Balance(480, 0)
    assert strict_server.api.ledger.total() == total
    found = client.escrow("m-1", held[2].escrow_id)
    assert found is not None
    assert found.status == "partially_settled"
    assert client.escrow("m-1", "none") is None


def test_only_the_queues_decisions_carry_its_token_bound_to_the_amount(strict_server: FakeServer, use: Use) -> None:
    client = use(strict_server)
    client.credit("m-1", 300, "promotional_award", act("a"))
    held = client.hold("m-1", 300, "chip_menu_purchase", "item-1", "menus", act("h"))
    client.settle(held, "model-1", "performance_completed", act("s"))
    tokens = [asked.headers.get("X-Queue-Auth-Token") for asked in strict_server.changes()]
    assert tokens[:2] == [None, None]
    assert tokens[2] is not None
    claims = jwt.decode(tokens[2], QUEUE_SECRET, algorithms=["HS256"])
    wanted = {"type": "queue_settlement", "amount": 300, "queueItemId": "item-1", "modelId": "model-1"}
    assert wanted.items() <= claims.items()


def test_the_fake_refuses_a_decision_about_another_amount(strict_server: FakeServer, use: Use) -> None:
    client = use(strict_server)
    client.credit("m-1", 300, "promotional_award", act("a"))
    held = client.hold("m-1", 300, "chip_menu_purchase", "item-1", "menus", act("h"))
    lie = Escrow(held.escrow_id, held.member, 299, "held", held.item_id)
    with pytest.raises(Exception, match="INVALID_AUTHORIZATION"):
        client.settle(lie, "model-1", "performance_completed", act("s"))


def test_without_the_queues_secret_nothing_is_decided(strict_server: FakeServer, use: Use) -> None:
    client = use(strict_server, queue_secret="")
    with pytest.raises(NotSupported):
        client.refund(Escrow("e", "m-1", 5, "held", "i"), "admin_refund", act("r"))


@pytest.mark.parametrize(("dialect", "lacks"), [("live", {"hold", "escrows"}), ("contract_v1", {"deduct", "escrow"})])
def test_what_a_dialect_has_no_address_for_is_said(dialect: str, lacks: set[str]) -> None:
    spoken = DIALECTS[dialect]
    calls: dict[str, Callable[[], object]] = {
        "hold": lambda: spoken.hold("m", 1, "r", "i", "f", "k"),
        "deduct": lambda: spoken.deduct("m", 1, "r", "k"),
        "escrow": lambda: spoken.escrow("m", "e"),
        "escrows": lambda: spoken.escrows("m"),
    }
    for name in lacks:
        with pytest.raises(NotSupported):
            calls[name]()


def test_ids_cannot_leave_their_place_in_a_path() -> None:
    call = DIALECTS["openapi"].balance("../../admin?x=1#y")
    assert call.path == "/v1/wallets/..%2F..%2Fadmin%3Fx%3D1%23y/balance"


def test_an_address_with_a_path_replaces_the_prefix(strict_server: FakeServer, use: Use) -> None:
    client = use(strict_server, url=f"{strict_server.url}/points/v9")
    assert client._address("/v1/earn") == f"{strict_server.url}/points/v9/earn"
    assert urlsplit(client._address("/health/ready")).path == "/health/ready"


FIELDS = {
    ("openapi", "balance"): {"userId", "available", "escrow", "total", "asOf"},
    ("live", "balance"): {"userId", "available", "escrow", "total", "asOf"},
    ("contract_v1", "balance"): {"available_points", "escrow_points", "pending_points", "expiring_soon", "as_of"},
    ("openapi", "credit"): {"transaction", "wallet"},
    ("live", "credit"): {"ok"},
    ("contract_v1", "credit"): {"ledger_entry_id", "posting"},
    ("openapi", "hold"): {
        "transactionId",
        "escrowId",
        "previousBalance",
        "newAvailableBalance",
        "escrowBalance",
        "timestamp",
    },
    ("openapi", "settle"): {"transactionId", "settledAmount", "modelEarnedBalance", "timestamp"},
    ("openapi", "refund"): {"transactionId", "refundedAmount", "userAvailableBalance", "timestamp"},
    ("openapi", "partial"): {
        "transactionId",
        "refundedAmount",
        "settledAmount",
        "userAvailableBalance",
        "modelEarnedBalance",
        "timestamp",
    },
}


@pytest.mark.parametrize(("dialect", "name"), FIELDS)
def test_the_fake_answers_with_the_documented_fields(dialect: str, name: str) -> None:
    api = FakeApi(dialect)
    api.ledger.available["m-1"] = 900
    answer: dict[str, Any] = {}
    for step in ("hold", name) if name in {"settle", "refund", "partial"} else (name,):
        escrow_id = next(iter(api.ledger.escrows), "")
        status, answer = api.answer(as_asked(the_call(dialect, step, escrow_id)))
        assert status < 300, answer
    assert set(answer) == FIELDS[dialect, name]


def the_call(dialect: str, name: str, escrow_id: str) -> Call[Any]:
    spoken, held = DIALECTS[dialect], Escrow(escrow_id, "m-1", 300, "held", "item-1")
    calls: dict[str, Callable[[], Call[Any]]] = {
        "balance": lambda: spoken.balance("m-1"),
        "credit": lambda: spoken.credit("m-1", 5, "promotional_award", "key-c"),
        "hold": lambda: spoken.hold("m-1", 300, "chip_menu_purchase", "item-1", "menus", "key-h"),
        "settle": lambda: spoken.settle(held, "model-1", "performance_completed", "key-s"),
        "refund": lambda: spoken.refund(held, "performance_abandoned", "key-r"),
        "partial": lambda: spoken.partial(held, "model-1", 120, "partial_performance", "key-p"),
    }
    return calls[name]()


def as_asked(call: Call[Any]) -> Asked:
    config = Loyalty(
        url="http://127.0.0.1",
        hosts=frozenset(),
        dialect="openapi",
        tenant="model-menus-tests",
        client_id="t",
        token_secret=TOKEN_SECRET,
        queue_secret=QUEUE_SECRET,
    )
    headers = {
        "Authorization": f"Bearer {service_token(config, call.member)}",
        "X-Idempotency-Key": call.key,
        "Idempotency-Key": call.key,
    }
    if call.decision:
        headers["X-Queue-Auth-Token"] = queue_token(config, *call.decision)
    return Asked(call.method, call.path, headers, json.dumps(call.body or {}).encode())
