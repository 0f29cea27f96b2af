"""The wallet over JSON: one's own, filtered, page by page; everything else is refused by field."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import Performer, User, Viewer
from core.actors import SYSTEM
from tests import factories
from tests.wallet.support import hold, key, settled, viewer_with
from wallet import settlement
from wallet.api.cursors import to_cursor
from wallet.queries.statements import Mark

pytestmark = pytest.mark.django_db
BALANCE, TRANSACTIONS = "/api/v1/wallet/balance", "/api/v1/wallet/transactions"


def get(person: User | Performer | Viewer, path: str, **query: object) -> tuple[int, Any]:
    """Status and body of a read with a bearer token."""
    address = f"{path}?{urlencode(query, doseq=True)}" if query else path
    response = factories.bearer(person).get(address)
    return response.status_code, response.json()


@pytest.mark.parametrize("path", [BALANCE, TRANSACTIONS])
def test_nobody_signed_in_sees_nothing(path: str) -> None:
    response = APIClient().get(path)

    assert (response.status_code, response.json()["error"]) == (401, "NOT_AUTHENTICATED")


@pytest.mark.parametrize(("path", "permission"), [(BALANCE, "READ_WALLET"), (TRANSACTIONS, "READ_TRANSACTIONS")])
def test_without_the_permission_it_is_refused(path: str, permission: str) -> None:
    viewer = viewer_with(500)
    factories.deny(viewer.user, permission)

    status, body = get(viewer, path)

    assert (status, body["error"]) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("path", [BALANCE, TRANSACTIONS])
def test_a_studio_manager_has_no_money_to_look_at(path: str) -> None:
    status, body = get(factories.manager(), path)

    assert (status, body["error"]) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize("path", [BALANCE, TRANSACTIONS])
def test_the_wallet_is_not_written_over_these_addresses(path: str) -> None:
    for method in ("post", "put", "patch", "delete"):
        response = getattr(factories.bearer(viewer_with(5)), method)(path, {})
        assert (response.status_code, response.json()["error"]) == (405, "METHOD_NOT_ALLOWED")


def test_a_viewers_balance_in_the_contracts_words() -> None:
    viewer = viewer_with(500)
    hold(viewer, factories.performer(), 80)

    status, body = get(viewer, BALANCE)

    assert status == 200
    assert body.pop("asOf").endswith("Z")
    assert isinstance(body.pop("version"), int)
    assert body == {"available": 420, "escrow": 80, "earned": 0, "payoutPending": 0, "owed": 0, "verified": False}


def test_a_performers_balance_is_what_she_earned() -> None:
    performer = factories.performer()
    settled(viewer_with(500), performer, 120)

    _, body = get(performer, BALANCE)

    assert (body["earned"], body["available"], body["escrow"]) == (120, 0, 0)


def test_a_wallet_nobody_opened_is_empty() -> None:
    assert get(factories.viewer(), BALANCE)[1]["available"] == 0
    assert get(factories.viewer(), TRANSACTIONS) == (200, {"results": [], "next": None, "previous": None})


def test_a_transaction_in_the_contracts_words() -> None:
    viewer = viewer_with(500)
    held = hold(viewer, factories.performer(), 80)

    _, body = get(viewer, TRANSACTIONS, kind="hold")

    (row,) = body["results"]
    assert row.pop("createdAt").endswith("Z")
    assert row.pop("groupId")
    assert row == {
        "id": str(held.transfer_id),
        "kind": "hold",
        "tokens": 80,
        "change": 0,
        "from": "available",
        "to": "escrow",
        "direction": "within",
        "counterparty": None,
        "holdId": str(held.id),
        "queueItemId": None,
        "reason": "",
    }


def test_everybody_sees_only_their_own_side() -> None:
    viewer, performer, other = viewer_with(500), factories.performer(), viewer_with(500)
    settled(viewer, performer, 120)

    (hers,) = get(performer, TRANSACTIONS)[1]["results"]
    assert (hers["change"], hers["from"], hers["to"]) == (120, None, "earned")
    assert [row["kind"] for row in get(other, TRANSACTIONS)[1]["results"]] == ["fund"]


def test_an_owner_cannot_be_named() -> None:
    viewer, other = viewer_with(500), viewer_with(700)

    status, body = get(viewer, TRANSACTIONS, ownerId=other.pk)

    assert (status, body["errors"][0]["attr"], body["errors"][0]["code"]) == (400, "ownerId", "unknown_field")


def test_pages_are_walked_by_their_links() -> None:
    viewer = viewer_with(500)
    for _ in range(3):
        settlement.refund_hold(by=SYSTEM, hold_id=hold(viewer, None, 5).id, reason="timeout", key=key())
    client, seen, address = factories.bearer(viewer), [], f"{TRANSACTIONS}?limit=3&kind=hold&kind=refund"

    while address:
        body = client.get(address).json()
        seen.append([row["kind"] for row in body["results"]])
        address = body["next"]

    assert seen == [["refund", "hold", "refund"], ["hold", "refund", "hold"]]
    newest = client.get(body["previous"]).json()
    assert [row["kind"] for row in newest["results"]] == seen[0]
    assert newest["previous"] is None


def test_a_span_of_time_has_its_start_and_not_its_end() -> None:
    viewer = viewer_with(500)
    at = get(viewer, TRANSACTIONS)[1]["results"][0]["createdAt"]

    assert len(get(viewer, TRANSACTIONS, **{"from": at})[1]["results"]) == 1
    assert get(viewer, TRANSACTIONS, to=at)[1]["results"] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "gift"),
        ("kind", "' OR 1=1 --"),
        ("from", "yesterday"),
        ("from", "0001-01-01T00:00:00+14:00"),
        ("to", "9999-12-31T23:59:59-14:00"),
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "many"),
        ("cursor", "nonsense"),
        ("cursor", "bnxub3BlfG5vcGU"),
        ("cursor", "\x00"),
        ("cursor", "ö"),
        ("cursor", "x" * 201),
        ("cursor", to_cursor(Mark(datetime.max.replace(tzinfo=timezone(-timedelta(hours=14))), UUID(int=0)))),
        ("cursor", to_cursor(Mark(datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), UUID(int=0)))),
        ("at", "2026-01-01T00:00:00Z"),
    ],
)
def test_a_bad_question_is_refused_by_name(name: str, value: str) -> None:
    status, body = get(viewer_with(5), TRANSACTIONS, **{name: value})

    assert (status, body["error"]) == (400, "VALIDATION_ERROR")
    assert body["errors"][0]["attr"].split(".")[0] == name


def test_a_cursor_of_somebody_else_opens_nothing() -> None:
    rich, poor = viewer_with(500), viewer_with(3)
    hold(rich, None, 5)
    link = get(rich, TRANSACTIONS, limit=1)[1]["next"]

    results = factories.bearer(poor).get(link).json()["results"]

    assert all(row["to"] == "available" and row["tokens"] == 3 for row in results)


def test_staff_have_no_wallet_of_their_own() -> None:
    assert get(factories.staff(), BALANCE)[1]["available"] == 0
    assert get(factories.staff(), f"{TRANSACTIONS}/{uuid4()}")[0] == 404
