"""Reads: typed, own, bounded; the history page by page in both directions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Performer, Viewer
from core.actors import SYSTEM
from tests import factories
from tests.support.database import Connection
from tests.wallet.support import hold, key, settled, viewer_with
from wallet import services, settlement
from wallet.queries import balance_of, payable_of
from wallet.queries.statements import Mark, TransactionFilter, transactions_of

Statements = Callable[[int], AbstractContextManager[object]]


@pytest.mark.django_db
def test_a_balance_tells_every_bucket() -> None:
    viewer, performer = viewer_with(500), factories.performer()
    settled(viewer, performer, 120)
    hold(viewer, performer, 80)

    his, hers = balance_of(viewer.pk), balance_of(performer.pk)

    assert (his.available, his.escrow, his.earned, his.payout_pending) == (300, 80, 0, 0)
    assert (hers.available, hers.escrow, hers.earned, hers.payout_pending) == (0, 0, 120, 0)
    assert abs(his.as_of - timezone.now()) < timedelta(seconds=60)


@pytest.mark.django_db
def test_a_balance_is_one_statement_and_two_where_nothing_was_opened(django_assert_num_queries: Statements) -> None:
    performer = factories.performer()
    settled(viewer_with(500), performer, 120)

    with django_assert_num_queries(1):
        balance_of(performer.pk)
    with django_assert_num_queries(2):
        assert balance_of(uuid4()).available == 0


@pytest.mark.django_db
def test_staff_decide_whether_she_is_verified() -> None:
    performer = factories.performer()
    services.open_accounts(owner_id=performer.pk)
    assert balance_of(performer.pk).verified is False

    Performer.objects.filter(pk=performer.pk).update(verified_at=timezone.now())

    assert balance_of(performer.pk).verified is True


@pytest.mark.django_db
def test_what_she_may_be_paid_is_read_alone(django_assert_num_queries: Statements) -> None:
    performer = factories.performer()
    settled(viewer_with(500), performer, 120)

    with django_assert_num_queries(1):
        assert payable_of(performer.pk) == 120
    assert payable_of(uuid4()) == 0


@pytest.mark.django_db
def test_the_owner_sees_which_of_her_own_sides_moved() -> None:
    viewer, performer = viewer_with(500), factories.performer()
    settled(viewer, performer, 120)

    seen = [(each.kind, each.change, each.source, each.target) for each in transactions_of(viewer.pk).items]

    assert seen == [
        ("settle", -120, "escrow", None),
        ("hold", 0, "available", "escrow"),
        ("fund", 500, None, "available"),
    ]
    (hers,) = transactions_of(performer.pk).items
    assert (hers.kind, hers.change, hers.source, hers.target) == ("settle", 120, None, "earned")


@pytest.mark.django_db
def test_nobody_sees_what_is_not_hers() -> None:
    settled(viewer_with(500), factories.performer(), 120)

    assert transactions_of(viewer_with(0).pk).items == []
    assert transactions_of(factories.performer().pk).items == []


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_hold_everything_once_in_order_both_ways(limit: int) -> None:
    viewer = viewer_with(500)
    for _ in range(4):
        settlement.refund_hold(by=SYSTEM, hold_id=hold(viewer, None, 5).id, reason="timeout", key=key())
    whole = [each.id for each in transactions_of(viewer.pk, limit=100).items]
    assert len(whole) == 9

    there, at, last = [], None, None
    while True:
        last = transactions_of(viewer.pk, at=at, limit=limit)
        there.append([each.id for each in last.items])
        if last.older is None:
            break
        at = last.older
    assert [number for page in there for number in page] == whole

    back = [there.pop()]
    while last.newer is not None:
        last = transactions_of(viewer.pk, at=last.newer, limit=limit)
        back.insert(0, [each.id for each in last.items])
    assert [number for page in back for number in page] == whole


@pytest.mark.django_db
def test_the_first_page_has_nothing_newer_and_the_last_nothing_older() -> None:
    viewer = viewer_with(500)
    hold(viewer, None, 5)

    first = transactions_of(viewer.pk, limit=1)
    assert (first.newer, first.older is None) == (None, False)
    last = transactions_of(viewer.pk, at=first.older, limit=1)
    assert (last.older, last.newer is None) == (None, False)


@pytest.mark.django_db
def test_a_mark_beyond_the_end_is_an_empty_page() -> None:
    viewer = viewer_with(500)

    page = transactions_of(viewer.pk, at=Mark(datetime(2001, 1, 1, tzinfo=UTC), uuid4()))

    assert (page.items, page.older, page.newer) == ([], None, None)


@pytest.mark.django_db
def test_filters_take_kinds_and_a_span_with_its_start_and_without_its_end() -> None:
    viewer = viewer_with(500)
    settled(viewer, factories.performer(), 5)
    fund = transactions_of(viewer.pk).items[-1]

    def kinds(wanted: TransactionFilter) -> list[str]:
        return [each.kind for each in transactions_of(viewer.pk, wanted).items]

    assert kinds(TransactionFilter(kinds=("hold", "settle"))) == ["settle", "hold"]
    assert kinds(TransactionFilter(until=fund.created_at)) == []
    assert kinds(TransactionFilter(since=fund.created_at, until=fund.created_at + timedelta(microseconds=1))) == [
        "fund"
    ]
    assert kinds(TransactionFilter(since=timezone.now() + timedelta(hours=1))) == []


@pytest.mark.django_db
def test_the_history_is_three_statements_however_long(django_assert_num_queries: Statements) -> None:
    viewer = viewer_with(500)
    for _ in range(30):
        hold(viewer, None, 1)

    with django_assert_num_queries(3):
        assert len(transactions_of(viewer.pk, limit=20).items) == 20


def test_a_long_history_is_walked_along_its_indexes(owner_connection: Connection) -> None:
    viewer = viewer_with(5)
    many_transfers(owner_connection, viewer, 20_000)

    with transaction.atomic():
        page = transactions_of(viewer.pk, limit=20)
        read = read_one_after_the_other()

    assert len(page.items) == 20
    assert read < 1000, "the history was read from end to end"


def read_one_after_the_other() -> int:
    """Rows of transfers that this transaction met without an index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'wallet_transfer'")
        return int(cursor.fetchone()[0])


def many_transfers(owner_connection: Connection, viewer: Viewer, number: int) -> None:
    """A long history, written past the ledger's functions: only its length matters here."""
    owner_connection.execute(
        "INSERT INTO wallet_transfer (debit_account_id, credit_account_id, amount, code, group_id, created_at)"
        " SELECT wallet_house(), id, 1, 'fund', core_uuid7(), statement_timestamp() - step * interval '1 second'"
        " FROM wallet_account, generate_series(1, %s) AS step WHERE owner_id = %s AND kind = 'available'",
        [number, viewer.pk],
    )
    owner_connection.execute("ANALYZE wallet_transfer")
