"""What was: every recorded balance is told again as it was seen, for live and summed accounts alike."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from accounts.models import Performer, Viewer
from core.actors import SYSTEM
from core.exceptions import InsufficientBalance
from tests import factories
from tests.support.database import Connection
from tests.support.threads import together
from tests.wallet.support import hold, key, settled, viewer_with
from wallet import services, settlement
from wallet.queries import balance_of, database_now
from wallet.queries.past import PastBalance, balance_at

BALANCE = "/api/v1/wallet/balance"
Seen = tuple[int, int, int, int]


def now(owner_id: UUID) -> tuple[datetime, Seen]:
    """What she has, and when that was read."""
    found = balance_of(owner_id)
    return found.as_of, (found.available, found.escrow, found.earned, found.payout_pending)


def then(owner_id: UUID, at: datetime) -> Seen:
    """What she had."""
    found: PastBalance = balance_at(owner_id, at)
    return found.available, found.escrow, found.earned, found.payout_pending


def step(verb: str, viewer: Viewer, performer: Performer, tokens: int) -> None:
    """One thing that happens to both wallets; what cannot happen does not."""
    if verb == "fund":
        services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=tokens, key=key())
        return
    if balance_of(viewer.pk).available < tokens:
        return
    held = hold(viewer, performer, tokens)
    if verb == "refund":
        settlement.refund_hold(by=SYSTEM, hold_id=held.id, reason="timeout", key=key())
    elif verb == "part" and tokens > 1:
        settlement.settle_hold(by=SYSTEM, hold_id=held.id, tokens=1, key=key())
    elif verb == "reverse":
        paid = settlement.settle_hold(by=SYSTEM, hold_id=held.id, key=key())
        services.reverse_transfer(by=SYSTEM, transfer_id=paid.transfer_id, reason="mistake", key=key())


VERBS = st.lists(
    st.tuples(st.sampled_from(["fund", "hold", "refund", "part", "reverse"]), st.integers(1, 90)), max_size=8
)


@pytest.mark.django_db
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=VERBS)
def test_every_recorded_balance_is_told_again_as_it_was(steps: list[tuple[str, int]]) -> None:
    viewer, performer = viewer_with(100), factories.performer()
    recorded = [(viewer.pk, *now(viewer.pk)), (performer.pk, *now(performer.pk))]
    for verb, tokens in steps:
        step(verb, viewer, performer, tokens)
        services.checkpoint_summed_accounts()
        recorded += [(viewer.pk, *now(viewer.pk)), (performer.pk, *now(performer.pk))]

    assert [then(owner, at) for owner, at, _ in recorded] == [seen for *_, seen in recorded]


def test_instants_between_storms_are_told_exactly(many_connections: str) -> None:
    performer, viewers = factories.performer(), [viewer_with(300) for _ in range(4)]
    recorded: list[tuple[UUID, datetime, Seen]] = []
    for _ in range(3):
        together([lambda v=viewer: settled(v, performer, 7) for viewer in viewers for _ in range(3)])  # type: ignore[misc]
        recorded += [(owner, *now(owner)) for owner in (performer.pk, *(viewer.pk for viewer in viewers))]

    assert [then(owner, at) for owner, at, _ in recorded] == [seen for *_, seen in recorded]
    assert then(performer.pk, recorded[-1][1])[2] == 3 * 4 * 3 * 7


def test_the_instant_itself_is_included_and_the_one_before_is_not(many_connections: str) -> None:
    viewer = viewer_with(500)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(created_at) FROM wallet_transfer")
        (at,) = cursor.fetchone()

    assert then(viewer.pk, at)[0] == 500
    assert then(viewer.pk, at - timedelta(microseconds=1))[0] == 0


@pytest.mark.django_db
def test_it_is_one_statement_and_another_for_who_may_be_verified(
    django_assert_num_queries: Any,  # noqa: ANN401 - pytest-django's fixture
) -> None:
    performer, viewer = factories.performer(), viewer_with(500)
    settled(viewer, performer, 120)
    at = database_now()

    with django_assert_num_queries(2):
        assert balance_at(performer.pk, at).earned == 120
    with django_assert_num_queries(1):
        assert balance_at(viewer.pk, at).available == 380


MANY = """
INSERT INTO wallet_transfer (debit_account_id, credit_account_id, amount, code, group_id, created_at)
SELECT CASE n %% 2 WHEN 0 THEN wallet_house() ELSE account.id END,
       CASE n %% 2 WHEN 0 THEN account.id ELSE wallet_house() END,
       5 + n %% 2, 'adjust', core_uuid7(), now() - n * interval '1 minute'
FROM generate_series(1, 2000) AS n, wallet_account AS account WHERE owner_id = ANY (%s) AND kind = 'available'
"""


def test_a_long_past_is_read_from_the_indexes_alone(superuser_connection: Connection) -> None:
    viewers = [viewer_with(100) for _ in range(10)]
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.execute(MANY, ["{" + ",".join(str(viewer.pk) for viewer in viewers) + "}"])
    superuser_connection.execute("VACUUM ANALYZE wallet_transfer")
    with CaptureQueriesContext(connection) as sent:
        assert balance_at(viewers[0].pk, database_now()).available == 100 - 1000
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sent.captured_queries[-1]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    for side in ("credits", "debits"):
        assert f"Index Only Scan using wallet_transfer_{side} " in plan, plan


@pytest.mark.django_db
def test_a_debt_is_part_of_the_past() -> None:
    performer = factories.performer()
    paid = settled(viewer_with(500), performer, 120)
    services.reverse_transfer(by=SYSTEM, transfer_id=paid.transfer_id, reason="mistake", key=key())

    found = balance_at(performer.pk, database_now())

    assert (found.earned, found.receivable) == (0, 0)


# --- over JSON


@pytest.mark.django_db
def test_the_past_over_json_is_the_balance_then() -> None:
    viewer = viewer_with(500)
    client = factories.bearer(viewer)
    before = client.get(BALANCE).json()
    hold(viewer, factories.performer(), 80)

    past = client.get(BALANCE, {"at": before["asOf"]}).json()

    assert past == {**before, "version": None}
    assert client.get(BALANCE).json()["escrow"] == 80


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("yesterday", "invalid"),
        ("2026-01-01", "timezone_required"),
        ("2026-01-01T00:00:00", "timezone_required"),
        ("2999-01-01T00:00:00Z", "in_future"),
        ("9999-12-31T23:59:59-14:00", "invalid"),
    ],
)
def test_an_instant_that_is_none_is_refused_by_field(at: str, code: str) -> None:
    response = factories.bearer(viewer_with(5)).get(BALANCE, {"at": at})

    (error,) = response.json()["errors"]
    assert (response.status_code, error["attr"], error["code"]) == (400, "at", code)


@pytest.mark.django_db
def test_before_there_was_anything_there_is_nothing() -> None:
    past = factories.bearer(viewer_with(500)).get(BALANCE, {"at": "2001-01-01T00:00:00Z"}).json()

    assert (past["available"], past["verified"]) == (0, False)


@pytest.mark.django_db
def test_the_past_asks_for_the_permission_and_names_no_owner() -> None:
    viewer, other = viewer_with(500), viewer_with(700)
    at = {"at": "2026-01-01T00:00:00Z"}
    assert APIClient().get(BALANCE, at).status_code == 401
    assert factories.bearer(viewer).get(BALANCE, {**at, "ownerId": str(other.pk)}).status_code == 400

    factories.deny(viewer.user, "READ_WALLET")

    assert factories.bearer(viewer).get(BALANCE, at).json()["error"] == "PERMISSION_DENIED"


def test_refused_is_not_moved(many_connections: str) -> None:
    viewer = viewer_with(10)
    with pytest.raises(InsufficientBalance):
        hold(viewer, None, 11)

    assert then(viewer.pk, database_now()) == (10, 0, 0, 0)
