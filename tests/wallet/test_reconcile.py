"""`manage.py reconcile` proves the ledger and names the row that somebody tampered with."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import call_command

from core import invariants
from core.invariants import INVARIANTS, Invariant, also_check, findings, in_order
from tests import factories
from tests.support.database import Connection
from tests.wallet.support import hold, settled, viewer_with
from wallet import services
from wallet.models import Account, Hold, Transfer


def reconcile(*arguments: str) -> tuple[str, int]:
    """What the command prints, and its exit code."""
    out = StringIO()
    try:
        call_command("reconcile", *arguments, stdout=out)
    except SystemExit as stopped:
        return out.getvalue(), int(str(stopped.code))
    return out.getvalue(), 0


def busy_ledger() -> None:
    """One movement of every kind."""
    viewer, performer = viewer_with(1000), factories.performer()
    hold(viewer, performer, 100)
    done = settled(viewer, performer, 200)
    settled(viewer, performer, 50)
    services.reverse_transfer(
        by=factories.actor(factories.staff()), transfer_id=done.transfer_id, reason="mistake", key="undo"
    )


@pytest.mark.django_db
def test_a_sound_ledger_holds_and_exits_with_zero() -> None:
    busy_ledger()

    printed, code = reconcile()

    assert code == 0
    lines = [line.split()[:2] for line in printed.splitlines()]
    assert lines[: len(in_order())] == [[invariant.code, "holds:"] for invariant in in_order()]


@pytest.mark.django_db
def test_i1_to_i12_are_all_there() -> None:
    assert {invariant.code for invariant in INVARIANTS} == {f"I{number}" for number in range(1, 13)}


TAMPERED = {
    "a balance": ("I3", Account, "UPDATE wallet_account SET balance = balance + 1 WHERE kind = 'available'"),
    "a version": ("I3", Account, "UPDATE wallet_account SET version = version + 1 WHERE kind = 'available'"),
    "a balance below zero": (
        "I2",
        Account,
        "ALTER TABLE wallet_account DROP CONSTRAINT wallet_account_balance_not_negative;"
        " UPDATE wallet_account SET balance = -1 WHERE kind = 'available'",
    ),
    "a sum of all": ("I1", None, "UPDATE wallet_account SET balance = balance + 1 WHERE kind = 'prize' AND slice = 0"),
    "a checkpoint": ("I4", Account, "UPDATE wallet_account SET checkpoint = 7 WHERE kind = 'earned'"),
    "the debits": (
        "I4",
        Account,
        "UPDATE wallet_account SET debits_posted = 0, credits_seen = 0 WHERE kind = 'earned'",
    ),
    "the credits seen": ("I4", Account, "UPDATE wallet_account SET credits_seen = 9000 WHERE kind = 'earned'"),
    "an amount": ("I6", Hold, "UPDATE wallet_transfer SET amount = amount + 1 WHERE code = 'settle'"),
    "an amount of a reversal": (
        "I6",
        Transfer,
        "UPDATE wallet_transfer SET amount = amount + 1 WHERE code = 'reversal'",
    ),
    "a transfer taken out": ("I6", Hold, "DELETE FROM wallet_transfer WHERE code = 'hold'"),
    "a hold taken out": ("I5", Account, "DELETE FROM wallet_hold WHERE state = 'held'"),
    "the amount of a hold": ("I5", Account, "UPDATE wallet_hold SET amount = amount + 1 WHERE state = 'held'"),
    "a resolution": ("I6", Hold, "UPDATE wallet_hold SET resolved_by_id = gen_random_uuid() WHERE state <> 'held'"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_superuser_who_changes_one_row_is_found_by_its_name(superuser_connection: Connection, what: str) -> None:
    code, table, statement = TAMPERED[what]
    busy_ledger()

    superuser_connection.execute("SET session_replication_role = replica")  # no trigger, no foreign key
    for part in statement.split("; "):
        superuser_connection.execute(part)

    printed, exit_code = reconcile("--json")
    report = json.loads(printed)
    broken = [row for each in report["invariants"] if each["code"] == code for row in each["broken"]]
    assert (exit_code, report["ok"]) == (1, False)
    assert broken
    if table is not None:
        named, number = str(broken[0]["row"]).split()
        assert named == table._meta.db_table
        assert table._default_manager.filter(pk=number).exists()


def test_the_lines_for_people_say_what_is_broken_and_where(superuser_connection: Connection) -> None:
    busy_ledger()
    superuser_connection.execute("UPDATE wallet_account SET version = version + 1 WHERE kind = 'escrow'")
    account = Account.objects.get(kind="escrow")

    printed, code = reconcile()

    assert code == 1
    assert "I3 BROKEN by 1:" in printed
    assert f"   row wallet_account {account.pk}" in printed


@pytest.mark.django_db
def test_an_app_above_adds_its_own_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invariants, "INVARIANTS", [*INVARIANTS])
    always_broken = Invariant("I99", "nothing ever holds", "SELECT 'this row' AS row, 1 AS because")

    also_check(always_broken)
    also_check(always_broken)

    broken = [finding for finding in findings() if finding.broken]
    assert [finding.broken for finding in broken] == [[{"row": "this row", "because": 1}]]


def test_the_proof_reads_one_instant_and_writes_nothing(database_clone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asks = Invariant(
        "I0", "", "SELECT current_setting('transaction_read_only') || current_setting('transaction_isolation') AS row"
    )
    monkeypatch.setattr(invariants, "INVARIANTS", [asks])

    assert findings()[0].broken == [{"row": "onrepeatable read"}]
