"""Payouts, verification and credits over JSON: one's own, once, counted."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import Performer, User, Viewer
from core.actors import SYSTEM
from core.ids import uuid7
from payouts.models import Attempt, Verification
from payouts.queries import newest_payouts
from tests import factories
from tests.payouts.support import asked, brought, debtor, earner, money
from tests.wallet.support import settled, viewer_with
from wallet.queries import balance_of
from wallet.services import reverse_transfer

pytestmark = pytest.mark.django_db
PAYOUTS, VERIFICATION, CREDITS = "/api/v1/wallet/payouts", "/api/v1/wallet/verification", "/api/v1/wallet/credits"


def post(person: User | Performer | Viewer | APIClient, path: str, body: Any, key: str | None = "") -> Any:  # noqa: ANN401
    """The response to a post with a fresh key, this one, or none."""
    client = person if isinstance(person, APIClient) else factories.bearer(person)
    headers = {} if key is None else {"Idempotency-Key": key or str(uuid4())}
    return client.post(path, body, format="json", headers=headers)


def code(response: Any) -> tuple[int, str]:  # noqa: ANN401
    """Status and code of a refusal."""
    return response.status_code, response.json()["error"]


# --- payouts


def test_a_payout_is_asked_for_and_read_again() -> None:
    performer = earner(5_000)
    answer = post(performer, PAYOUTS, {"amount": 2_000}).json()
    assert answer == {"requestId": answer["requestId"], "status": "requested"}
    read = factories.bearer(performer).get(f"{PAYOUTS}/{answer['requestId']}").json()
    assert (read["amount"], read["status"], read["rate"], read["version"]) == (2_000, "requested", None, 1)
    assert factories.bearer(performer).get(PAYOUTS).json()["results"] == [read]


def test_what_she_owes_is_told_and_stays_back() -> None:
    performer = debtor(1_000)
    settled(viewer_with(1_400), performer, 1_400)
    balance = factories.bearer(performer).get("/api/v1/wallet/balance").json()
    assert (balance["earned"], balance["owed"]) == (1_400, 1_000)
    refused = post(performer, PAYOUTS, {"amount": 1_000})
    assert code(refused) == (402, "INSUFFICIENT_BALANCE")
    assert (refused.json()["required"], refused.json()["available"]) == (1_000, 400)


def test_the_list_is_paged_by_cursor() -> None:
    performer = earner()
    numbers = [str(asked(performer)) for _ in range(3)]
    client = factories.bearer(performer)
    first = client.get(PAYOUTS, {"limit": 2}).json()
    second = client.get(first["next"]).json()
    assert [row["requestId"] for row in first["results"] + second["results"]] == numbers[::-1]
    assert second["next"] is None


def test_every_step_is_told_but_not_who_took_it() -> None:
    performer = earner()
    payout_id = brought(performer, "paid")
    read = factories.bearer(performer).get(f"{PAYOUTS}/{payout_id}").json()
    assert [one["status"] for one in read["steps"]] == ["requested", "approved", "sent", "paid"]
    assert (read["rate"], read["currency"]) == ("0.050000", "USD")
    assert "ticket" not in str(read)


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_reading_takes_the_same_statements_however_many_there_are(rows: int) -> None:
    performer = earner()
    for _ in range(rows):
        asked(performer)
    with CaptureQueriesContext(connection) as sent:
        newest_payouts(performer.pk, 5)
    assert len(sent) == (2 if rows else 1)


def test_another_ones_payout_is_not_found() -> None:
    payout_id = asked(earner())
    for number in (payout_id, uuid7()):
        response = factories.bearer(earner()).get(f"{PAYOUTS}/{number}")
        assert code(response) == (404, "NOT_FOUND")


@pytest.mark.parametrize("amount", ["1000", 1000.5, True, None, 0, -1, 10**9 + 1, [1000]])
def test_an_amount_that_is_none_is_refused_by_field(amount: object) -> None:
    performer = earner()
    response = post(performer, PAYOUTS, {"amount": amount})
    assert code(response) == (400, "VALIDATION_ERROR")
    assert [error["attr"] for error in response.json()["errors"]] == ["amount"]
    assert Attempt.objects.count() == 0


def test_below_the_minimum_is_refused_by_field_and_counted() -> None:
    response = post(earner(), PAYOUTS, {"amount": 999})
    assert [(error["attr"], error["code"]) for error in response.json()["errors"]] == [("amount", "below_minimum")]
    assert Attempt.objects.count() == 1


def test_without_a_key_nothing_is_asked() -> None:
    assert code(post(earner(), PAYOUTS, {"amount": 1_000}, key=None)) == (400, "IDEMPOTENCY_KEY_REQUIRED")
    assert Attempt.objects.count() == 0


def test_a_replay_is_the_first_answer_and_another_amount_is_refused() -> None:
    performer = earner()
    first = post(performer, PAYOUTS, {"amount": 1_000}, key="k")
    again = post(performer, PAYOUTS, {"amount": 1_000}, key="k")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    assert code(post(performer, PAYOUTS, {"amount": 2_000}, key="k")) == (409, "DUPLICATE_IDEMPOTENCY_KEY")
    assert (money(performer), Attempt.objects.count()) == ((4_000, 1_000), 1)


def test_a_refusal_for_want_of_tokens_is_remembered() -> None:
    performer = earner(1_000)
    first = post(performer, PAYOUTS, {"amount": 1_001}, key="k")
    again = post(performer, PAYOUTS, {"amount": 1_001}, key="k")
    assert code(first) == code(again) == (402, "INSUFFICIENT_BALANCE")
    assert (again.json()["required"], again.json()["available"]) == (1_001, 1_000)
    assert again.headers["Idempotency-Replayed"] == "true"


def test_the_fourth_attempt_is_refused_with_the_time_of_the_next() -> None:
    performer = earner()
    for _ in range(3):
        post(performer, PAYOUTS, {"amount": 1_000})
    response = post(performer, PAYOUTS, {"amount": 1_000})
    assert code(response) == (429, "RATE_LIMIT_EXCEEDED")
    assert 86_000 < int(response.headers["Retry-After"]) <= 86_400
    assert response.json()["resetTime"]


def test_permission_flag_and_role_are_asked_for() -> None:
    without, shut = earner(), earner()
    factories.deny(without.user, "REQUEST_PAYOUT")
    factories.shut_flag(shut.user, "payouts")
    assert code(post(without, PAYOUTS, {"amount": 1_000})) == (403, "PERMISSION_DENIED")
    assert code(post(shut, PAYOUTS, {"amount": 1_000})) == (403, "FEATURE_DISABLED")
    assert code(post(factories.viewer(), PAYOUTS, {"amount": 1_000})) == (403, "PERMISSION_DENIED")
    assert Attempt.objects.count() == 0


# --- verification


def test_she_asks_and_waits() -> None:
    performer = earner(0, verified=False)
    client = factories.bearer(performer)
    assert client.get(VERIFICATION).json()["status"] == "none"
    assert post(client, VERIFICATION, {}, key=None).json()["status"] == "pending"
    assert post(client, VERIFICATION, {}, key=None).json()["status"] == "pending"
    assert Verification.objects.filter(performer=performer).count() == 1
    assert client.get(VERIFICATION).json() == {
        "verified": False,
        "status": "pending",
        "askedAt": client.get(VERIFICATION).json()["askedAt"],
        "decidedAt": None,
    }


def test_who_is_verified_has_nothing_to_ask_for() -> None:
    assert code(post(earner(0), VERIFICATION, {})) == (409, "ALREADY_VERIFIED")


def test_the_sixth_wish_within_an_hour_is_refused() -> None:
    performer = earner(0, verified=False)
    statuses = [post(performer, VERIFICATION, {}).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_a_repeated_key_is_no_attempt() -> None:
    performer = earner(0, verified=False)
    assert {post(performer, VERIFICATION, {}, key="k").status_code for _ in range(7)} == {200}


# --- credits


@pytest.fixture
def billing() -> APIClient:
    """The platform's billing service."""
    return factories.bearer(factories.billing())


def body(viewer: Viewer, tokens: int = 500, payment: str = "pay_1") -> dict[str, object]:
    """A payment."""
    return {"viewerId": str(viewer.pk), "tokens": tokens, "externalId": payment}


def test_a_payment_is_credited(billing: APIClient) -> None:
    viewer = viewer_with(200)
    answer = post(billing, CREDITS, body(viewer))
    assert answer.status_code == 200
    assert answer.json()["balance"] == {"available": 700, "escrow": 0}
    assert balance_of(viewer.pk).available == 700


def test_a_payment_is_credited_once_whatever_the_key(billing: APIClient) -> None:
    viewer = viewer_with(0)
    first = post(billing, CREDITS, body(viewer)).json()
    assert post(billing, CREDITS, body(viewer)).json() == first
    assert balance_of(viewer.pk).available == 500


def test_a_payment_with_other_facts_is_refused(billing: APIClient) -> None:
    viewer, other = viewer_with(0), viewer_with(0)
    post(billing, CREDITS, body(viewer))
    for changed in (body(viewer, tokens=501), body(other)):
        assert code(post(billing, CREDITS, changed)) == (409, "DUPLICATE_TRANSACTION")
    assert (balance_of(viewer.pk).available, balance_of(other.pk).available) == (500, 0)


def test_who_has_no_wallet_is_not_found_and_the_payment_is_free(billing: APIClient) -> None:
    nobody = {"viewerId": str(uuid7()), "tokens": 500, "externalId": "pay_1"}
    for unknown in (nobody, {**nobody, "viewerId": str(earner(0).pk)}):
        assert code(post(billing, CREDITS, unknown, key="k")) == (404, "NOT_FOUND")
    assert post(billing, CREDITS, body(viewer_with(0))).status_code == 200


@pytest.mark.parametrize(("field", "value"), [
    ("viewerId", 7), ("viewerId", "x"), ("tokens", "5"), ("tokens", 0), ("tokens", 10**9 + 1),
    ("externalId", ""), ("externalId", 7), ("externalId", "x" * 256), ("surprise", 1),
])  # fmt: skip
def test_what_is_wrong_is_named(billing: APIClient, field: str, value: object) -> None:
    response = post(billing, CREDITS, {**body(viewer_with(0)), field: value})
    assert code(response) == (400, "VALIDATION_ERROR")
    assert [error["attr"] for error in response.json()["errors"]] == [field]


def test_nobody_else_credits_anything() -> None:
    viewer = viewer_with(0)
    for person in (viewer, earner(0), factories.staff(), factories.manager()):
        assert code(post(person, CREDITS, body(viewer))) == (403, "PERMISSION_DENIED")
    assert balance_of(viewer.pk).available == 0


def test_what_staff_reversed_is_not_credited_again(billing: APIClient) -> None:
    viewer = viewer_with(0)
    first = post(billing, CREDITS, body(viewer)).json()

    reverse_transfer(by=SYSTEM, transfer_id=first["transferId"], reason="charged back", key="r")
    assert post(billing, CREDITS, body(viewer)).json() == first
    assert balance_of(viewer.pk).available == 0
