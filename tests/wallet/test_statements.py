"""The statement: filters by field, days of the business, a file from one snapshot whatever its length."""

from __future__ import annotations

import csv
import tracemalloc
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from accounts.models import Performer, Viewer
from core.actors import SYSTEM
from tests import factories
from tests.support.database import Connection
from tests.support.threads import together
from tests.wallet.support import hold, key, settled, viewer_with
from wallet import services, settlement
from wallet.api.files import COLUMNS, safe, written
from wallet.queries import balance_of
from wallet.queries.statements import BATCH, TransactionFilter, statement_of, transactions_of

PAGE, FILE = "/api/v1/wallet/transactions", "/api/v1/wallet/transactions.csv"
Statements = Callable[[int], AbstractContextManager[object]]


def read(client: APIClient, **query: str) -> list[dict[str, str]]:
    """The file's lines by the names of its header."""
    response = client.get(FILE, query)
    assert response.status_code == 200, response.content
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]  # it streams
    return list(csv.DictReader(text.splitlines()))


def dated(owner: Connection, viewer: Viewer, *moments: str, tokens: int = 7) -> None:
    """Credits at instants of the past, written past the ledger's functions: only their dates matter here."""
    for moment in moments:
        owner.execute(
            "INSERT INTO wallet_transfer (debit_account_id, credit_account_id, amount, code, group_id, created_at)"
            " SELECT wallet_house(), id, %s, 'fund', core_uuid7(), %s FROM wallet_account"
            " WHERE owner_id = %s AND kind = 'available'",
            [tokens, moment, viewer.pk],
        )


def long_history(owner: Connection, viewer: Viewer, number: int) -> None:
    """A credit a second, the newest an hour ago."""
    owner.execute(
        "INSERT INTO wallet_transfer (debit_account_id, credit_account_id, amount, code, group_id, created_at)"
        " SELECT wallet_house(), id, 1, 'fund', core_uuid7(), now() - interval '1 hour' - step * interval '1 second'"
        " FROM wallet_account, generate_series(1, %s) AS step WHERE owner_id = %s AND kind = 'available'",
        [number, viewer.pk],
    )


# --- what a row says


@pytest.mark.django_db
def test_a_row_says_which_way_and_whose_the_other_side_is() -> None:
    viewer, performer = viewer_with(500), factories.performer()
    settled(viewer, performer, 120)

    his = [(each.kind, each.direction, each.counterparty) for each in transactions_of(viewer.pk).items]

    assert his == [("settle", "out", "performer"), ("hold", "within", None), ("fund", "in", "house")]
    (hers,) = transactions_of(performer.pk).items
    assert (hers.direction, hers.counterparty) == ("in", "viewer")


@pytest.mark.django_db
@pytest.mark.parametrize("path", [PAGE, FILE])
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("kind", "gift", "invalid_choice"),
        ("from", "yesterday", "invalid"),
        ("from", "2026-02-30", "invalid"),
        ("from", "2026-03-01T10:00:00", "timezone_required"),
        ("from", "0001-01-01T00:00:00+14:00", "invalid"),
        ("from", "\u0661\u0662\u0663\u0664-01-01", "invalid"),
        ("to", "9999-12-31", "invalid"),
        ("to", "", "invalid"),
        ("ownerId", "x", "unknown_field"),
    ],
)
def test_a_bad_filter_is_refused_by_field(path: str, name: str, value: str, code: str) -> None:
    response = factories.bearer(viewer_with(5)).get(path, {name: value})

    (error,) = response.json()["errors"]
    assert (response.status_code, error["attr"].split(".")[0], error["code"]) == (400, name, code)


@pytest.mark.django_db
@pytest.mark.parametrize("until", ["2026-02-28", "2026-03-01T05:00:00Z"])
def test_a_span_has_to_end_after_it_begins(until: str) -> None:
    response = factories.bearer(viewer_with(5)).get(PAGE, {"from": "2026-03-01", "to": until})

    assert [(error["attr"], error["code"]) for error in response.json()["errors"]] == [("to", "not_after_from")]


@pytest.mark.parametrize(
    ("day", "inside", "outside"),
    [
        ("2026-01-15", ["2026-01-15T05:00:00Z", "2026-01-16T04:59:59.999999Z"], ["2026-01-16T05:00:00Z"]),
        ("2026-03-08", ["2026-03-08T05:00:00Z", "2026-03-09T03:59:59Z"], ["2026-03-09T04:00:00Z"]),
        ("2025-11-02", ["2025-11-02T04:00:00Z", "2025-11-03T04:59:59Z"], ["2025-11-02T03:59:59Z"]),
    ],
)
def test_a_day_is_a_business_day_whole_even_where_clocks_change(
    owner_connection: Connection, day: str, inside: list[str], outside: list[str]
) -> None:
    viewer = factories.viewer()
    services.open_accounts(owner_id=viewer.pk)
    dated(owner_connection, viewer, *inside, tokens=7)
    dated(owner_connection, viewer, *outside, tokens=9)

    rows = factories.bearer(viewer).get(PAGE, {"from": day, "to": day}).json()["results"]

    assert [row["tokens"] for row in rows] == [7] * len(inside)


# --- the file


@pytest.mark.django_db
def test_the_file_tells_everything_oldest_first_with_the_balance_after() -> None:
    viewer, performer = viewer_with(500), factories.performer()
    settled(viewer, performer, 120)
    hold(viewer, performer, 30)

    lines = read(factories.bearer(viewer))

    assert list(lines[0]) == list(COLUMNS)
    assert [(line["kind"], line["change"], line["balance_after"]) for line in lines] == [
        ("fund", "500", "500"),
        ("hold", "0", "500"),
        ("settle", "-120", "380"),
        ("hold", "0", "380"),
    ]


@pytest.mark.django_db
def test_a_filter_hides_lines_and_keeps_the_balance_right() -> None:
    viewer = viewer_with(500)
    settled(viewer, factories.performer(), 120)
    services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=50, key=key())
    first = transactions_of(viewer.pk).items[-1]
    client = factories.bearer(viewer)

    assert [line["balance_after"] for line in read(client, kind="fund")] == ["500", "430"]
    later = read(client, kind="fund", **{"from": transactions_of(viewer.pk).items[0].created_at.isoformat()})
    assert [line["balance_after"] for line in later] == ["430"]
    assert read(client, to=first.created_at.isoformat()) == []


@pytest.mark.django_db
def test_everybody_gets_the_own_file_only() -> None:
    viewer, performer = viewer_with(500), factories.performer()
    settled(viewer, performer, 120)

    assert [line["kind"] for line in read(factories.bearer(performer))] == ["settle"]
    assert read(factories.bearer(factories.viewer())) == []
    assert read(factories.bearer(factories.staff())) == []


@pytest.mark.django_db
def test_the_file_asks_for_the_permission() -> None:
    viewer = viewer_with(500)
    factories.deny(viewer.user, "READ_TRANSACTIONS")

    assert APIClient().get(FILE).status_code == 401
    assert factories.bearer(viewer).get(FILE).json()["error"] == "PERMISSION_DENIED"


@pytest.mark.django_db
@pytest.mark.parametrize("accept", ["*/*", "text/csv", "text/csv, application/json;q=0.5"])
def test_the_file_is_a_download_with_a_name(accept: str) -> None:
    response = factories.bearer(viewer_with(5)).get(FILE, {"from": "2026-03-01"}, HTTP_ACCEPT=accept)

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == ('attachment; filename="transactions-from-20260301T050000Z.csv"')
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "  =cmd|' /C calc'!A0", "|x", "%x"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"


@given(st.text())
def test_a_safe_cell_never_begins_a_formula(text: str) -> None:
    assert not safe(text).lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.django_db
def test_what_staff_wrote_is_no_formula_in_the_file() -> None:
    viewer, performer = viewer_with(500), factories.performer()
    paid = settled(viewer, performer, 120)
    services.reverse_transfer(by=SYSTEM, transfer_id=paid.transfer_id, reason="=HYPERLINK()", key=key())

    assert read(factories.bearer(viewer))[-1]["reason"] == "'=HYPERLINK()"


@pytest.mark.django_db
def test_reasons_are_words_in_the_file() -> None:
    viewer = viewer_with(500)
    settlement.refund_hold(by=SYSTEM, hold_id=hold(viewer, None, 5).id, reason="user_cancelled", key=key())

    assert read(factories.bearer(viewer))[-1]["reason"] == "cancelled by the viewer"


# --- however long


def test_ten_thousand_lines_take_few_statements_and_leave_in_pieces(
    owner_connection: Connection,
) -> None:
    viewer = viewer_with(5)
    long_history(owner_connection, viewer, 10_000)

    with CaptureQueriesContext(connection) as statements:
        sizes = [len(piece) for piece in written(statement_of(viewer.pk))]

    assert sum(sizes) > 1_500_000
    assert max(sizes) < 200_000, "too much was in memory at once"
    assert len(statements) <= 2 + -(-10_001 // BATCH)


def test_the_memory_does_not_grow_with_the_file(owner_connection: Connection) -> None:
    viewer, peaks = viewer_with(5), []
    for number in (2 * BATCH, 4 * BATCH):
        long_history(owner_connection, viewer, number)
        tracemalloc.start()
        for _ in written(statement_of(viewer.pk)):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.3 * peaks[0]


def test_a_file_is_of_one_snapshot_while_money_moves(owner_connection: Connection) -> None:
    viewer = viewer_with(5)
    long_history(owner_connection, viewer, 2 * BATCH)
    lines = statement_of(viewer.pk)
    begun = list(islice(lines, 10))

    together([lambda: services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=3, key=key()) for _ in range(8)])
    dated(owner_connection, viewer, "2026-01-01T00:00:00Z")

    assert len(begun) + len(list(lines)) == 2 * BATCH + 1
    assert len(list(statement_of(viewer.pk))) == 2 * BATCH + 10


def test_a_page_keeps_its_place_while_rows_arrive(many_connections: str) -> None:
    viewer = viewer_with(500)
    for _ in range(6):
        hold(viewer, None, 1)
    whole = [each.id for each in transactions_of(viewer.pk, limit=50).items]
    first = transactions_of(viewer.pk, limit=3)

    together([lambda: services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=3, key=key()) for _ in range(4)])

    second = transactions_of(viewer.pk, at=first.older, limit=3)
    assert [each.id for each in first.items + second.items] == whole[:6]


@pytest.mark.django_db
def test_a_statement_of_nobody_is_empty(django_assert_num_queries: Statements) -> None:
    nobody = factories.viewer()

    with django_assert_num_queries(2):
        assert list(statement_of(nobody.pk)) == []


@pytest.mark.django_db
def test_the_last_balance_is_the_balance_now() -> None:
    performer: Performer = factories.performer()
    settled(viewer_with(500), performer, 120)

    *_, last = statement_of(performer.pk, TransactionFilter())

    assert last.balance == balance_of(performer.pk).earned


@pytest.mark.django_db
def test_another_business_zone_has_other_days(settings: Settings) -> None:
    viewer = viewer_with(5)
    settings.BUSINESS_TIME_ZONE = "Pacific/Kiritimati"
    response: Any = factories.bearer(viewer).get(FILE, {"from": "2026-03-01"})

    assert "from-20260228T100000Z" in response.headers["Content-Disposition"]


def test_a_file_is_whole_after_a_restore_let_the_transaction_ids_begin_anew(owner_connection: Connection) -> None:
    viewer = viewer_with(5)
    owner_connection.execute(
        "INSERT INTO wallet_transfer (debit_account_id, credit_account_id, amount, code, group_id, created_xid)"
        " SELECT wallet_house(), id, 7, 'fund', core_uuid7(), '9000000000' FROM wallet_account"
        " WHERE owner_id = %s AND kind = 'available'",
        [viewer.pk],
    )
    owner_connection.execute("SELECT wallet_new_epoch()")
    before_the_first_seal = [line.balance for line in statement_of(viewer.pk)]
    services.fund(by=SYSTEM, owner_id=viewer.pk, tokens=3, key=key())
    owner_connection.execute("SELECT wallet_seal_block()")

    assert before_the_first_seal == [5, 12]
    assert [line.balance for line in statement_of(viewer.pk)] == [5, 12, 15]
