"""Earnings: what crossed the border of her wallet, by hour or day of the business and by source."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.models import Performer
from core.actors import SYSTEM
from queue_app import services
from queue_app.earnings import earnings_of
from tests import factories
from tests.queue_app.support import come, rich, running
from tests.support.database import Connection
from wallet.services import open_accounts, reverse_transfer

EARNINGS = "/api/v1/wallet/earnings"
Statements = Callable[[int], AbstractContextManager[object]]


def performed(performer: Performer, tokens: int, feature: str = "chip_menu") -> UUID:
    """One performance, paid; its transfer's id."""
    item_id = running(rich(factories.viewer()), performer, tokens=tokens, source_feature=feature)
    moved = services.finish(by=factories.actor(performer), item_id=item_id)
    services.join(by=factories.actor(performer), performer_id=performer.pk)
    return UUID(moved.item["settlementTransactionId"])


def paid_at(owner: Connection, performer: Performer, *moments: str, tokens: int = 7) -> None:
    """Settlements at instants of the past, written past the ledger's functions: only their dates matter here."""
    open_accounts(owner_id=performer.pk)
    for moment in moments:
        owner.execute(
            "INSERT INTO wallet_transfer (debit_account_id, credit_account_id, amount, code, group_id, created_at)"
            " SELECT wallet_house(), id, %s, 'settle', core_uuid7(), %s FROM wallet_account"
            " WHERE owner_id = %s AND kind = 'earned'",
            [tokens, moment, performer.pk],
        )


def at(words: str) -> datetime:
    return datetime.fromisoformat(words)


@pytest.mark.django_db
def test_sources_add_up_to_the_total_and_so_does_the_series() -> None:
    performer = come(factories.performer())
    performed(performer, 100)
    performed(performer, 30, feature="tips")
    performed(performer, 20)

    found = earnings_of(performer.pk, "today")

    assert found.total == 150 == sum(slot.tokens for slot in found.series)
    assert [(row.feature, row.words, row.tokens, row.movements) for row in found.sources] == [
        ("chip_menu", "Menu", 120, 2),
        ("tips", "Tips", 30, 1),
    ]


@pytest.mark.django_db
def test_what_was_corrected_is_taken_from_its_source() -> None:
    performer = come(factories.performer())
    performed(performer, 100)
    undone = performed(performer, 30, feature="tips")
    reverse_transfer(by=SYSTEM, transfer_id=undone, reason="mistake", key="undone")

    found = earnings_of(performer.pk, "week")

    assert (found.total, {row.feature: row.tokens for row in found.sources}) == (100, {"chip_menu": 100, "tips": 0})


@pytest.mark.django_db
def test_nobody_earns_what_is_not_hers() -> None:
    performed(come(factories.performer()), 100)

    assert earnings_of(come(factories.performer()).pk, "month").total == 0
    assert earnings_of(factories.performer().pk, "month").total == 0


@pytest.mark.parametrize(
    ("now", "first", "last", "outside", "hours"),
    [
        ("2026-01-15T12:00Z", "2026-01-15T05:00Z", "2026-01-16T04:59:59Z", "2026-01-16T05:00Z", 24),
        ("2026-03-08T12:00Z", "2026-03-08T05:00Z", "2026-03-09T03:59:59Z", "2026-03-09T04:00Z", 23),
        ("2025-11-02T12:00Z", "2025-11-02T04:00Z", "2025-11-03T04:59:59Z", "2025-11-03T05:00Z", 25),
    ],
)
def test_a_day_of_23_and_of_25_hours(
    owner_connection: Connection, now: str, first: str, last: str, outside: str, hours: int
) -> None:
    performer = factories.performer()
    paid_at(owner_connection, performer, first, last, outside)

    found = earnings_of(performer.pk, "today", at(now))

    assert len(found.series) == hours
    assert [slot.tokens for slot in found.series] == [7, *[0] * (hours - 2), 7]


def test_the_hour_that_comes_twice_is_two_hours(owner_connection: Connection) -> None:
    performer = factories.performer()
    paid_at(owner_connection, performer, "2025-11-02T05:30:00Z", tokens=7)
    paid_at(owner_connection, performer, "2025-11-02T06:30:00Z", tokens=11)

    found = earnings_of(performer.pk, "today", at("2025-11-02T12:00Z"))

    assert [slot.tokens for slot in found.series[:4]] == [0, 7, 11, 0]


@pytest.mark.parametrize("period", ["week", "month"])
def test_days_are_the_businesss_own(owner_connection: Connection, settings: Settings, period: str) -> None:
    settings.BUSINESS_TIME_ZONE = "Pacific/Kiritimati"
    performer = factories.performer()
    paid_at(owner_connection, performer, "2026-06-09T09:59:59Z", "2026-06-09T10:00:00Z", "2026-06-10T09:59:59Z")

    found = earnings_of(performer.pk, period, at("2026-06-10T00:00Z"))

    assert [slot.tokens for slot in found.series if slot.tokens] == [7, 14]


def test_a_payout_is_no_loss_and_what_is_owed_no_gain(owner_connection: Connection) -> None:
    performer = factories.performer()
    paid_at(owner_connection, performer, "2026-01-15T12:00Z", tokens=100)
    for debit, credit in (("earned", "payout_pending"), ("payout_pending", "earned"), ("receivable", "earned")):
        owner_connection.execute(
            "INSERT INTO wallet_transfer (debit_account_id, credit_account_id, amount, code, group_id, created_at)"
            " SELECT d.id, c.id, 40, 'shortfall', core_uuid7(), '2026-01-15T13:00Z'"
            " FROM wallet_account d, wallet_account c"
            " WHERE d.owner_id = %s AND c.owner_id = d.owner_id AND d.kind = %s AND c.kind = %s",
            [performer.pk, debit, credit],
        )

    assert earnings_of(performer.pk, "today", at("2026-01-15T18:00Z")).total == 100


def test_a_month_of_many_payments_takes_three_statements(
    owner_connection: Connection, django_assert_num_queries: Statements
) -> None:
    performer = factories.performer()
    paid_at(owner_connection, performer, *[f"2026-01-{day:02d}T12:00Z" for day in range(1, 32)])

    with django_assert_num_queries(2):
        found = earnings_of(performer.pk, "month", at("2026-01-15T18:00Z"))
    with django_assert_num_queries(3):
        earnings_of(performer.pk, "month")

    assert (found.total, len(found.series)) == (31 * 7, 31)


def test_today_is_read_along_an_index_however_long_her_history_is(owner_connection: Connection) -> None:
    performer = factories.performer()
    open_accounts(owner_id=performer.pk)
    owner_connection.execute(
        "INSERT INTO wallet_transfer (debit_account_id, credit_account_id, amount, code, group_id, created_at)"
        " SELECT wallet_house(), id, 1, 'settle', core_uuid7(), now() - step * interval '1 hour'"
        " FROM wallet_account, generate_series(1, 20000) AS step WHERE owner_id = %s AND kind = 'earned'",
        [performer.pk],
    )
    owner_connection.execute("ANALYZE wallet_transfer")

    with transaction.atomic(), connection.cursor() as cursor:
        earnings_of(performer.pk, "today")
        cursor.execute(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'wallet_transfer'"
        )
        (read,) = cursor.fetchone()

    assert read < 100, "the history was read from end to end"


# --- over JSON


@pytest.mark.django_db
def test_earnings_over_json() -> None:
    performer = come(factories.performer())
    performed(performer, 100)

    body = factories.bearer(performer).get(EARNINGS, {"period": "week"}).json()

    assert (body["period"], body["total"], body["timeZone"]) == ("week", 100, "America/Toronto")
    assert body["sources"] == [{"feature": "chip_menu", "words": "Menu", "tokens": 100, "movements": 1}]
    assert len(body["series"]) == 7
    assert body["series"][0]["start"] == body["from"]


@pytest.mark.django_db
def test_a_bad_period_is_refused_by_field() -> None:
    client = factories.bearer(factories.performer())

    for query, name in (({"period": "year"}, "period"), ({"month": "1"}, "month")):
        response = client.get(EARNINGS, query)
        assert (response.status_code, response.json()["errors"][0]["attr"]) == (400, name)


@pytest.mark.django_db
def test_earnings_are_for_performers_with_the_permission() -> None:
    performer = factories.performer()
    factories.deny(performer.user, "READ_WALLET")

    assert APIClient().get(EARNINGS).status_code == 401
    assert factories.bearer(factories.viewer()).get(EARNINGS).status_code == 403
    assert factories.bearer(performer).get(EARNINGS).json()["error"] == "PERMISSION_DENIED"
