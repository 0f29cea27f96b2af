"""A superuser without triggers changes one row: the verifier names that very row, whichever table it is in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.chains import AUDIT_LOG
from audit.services import seal
from core.invariants import findings_of
from tests import factories
from tests.audit.test_chain import record
from tests.queue_app.support import bought, come, rich, running
from tests.support.database import Connection
from tests.wallet.support import hold, settled, viewer_with
from tests.wallet.test_proof import wait_until_sealable
from wallet.chain import TRANSFERS

TRANSFER = "wallet_transfer WHERE code = 'settle'"
ITEM = "queue_app_queueitem WHERE status = 'started'"
LATEST_ENTRY = "audit_auditentry WHERE id = (SELECT max(id) FROM audit_auditentry)"

# What is changed, in which row, and the number of the invariant that must name it.
TAMPERED = {
    **{
        f"transfer's {column}": (TRANSFER, f"{column} = {value}", "I11")
        for column, value in {
            "amount": "amount + 1",
            "code": "'refund'",
            "group_id": "gen_random_uuid()",
            "hold_id": "NULL",
            "reason": "'forged'",
            "external_id": "'forged'",
            "created_at": "created_at - interval '1 day'",
            "credit_account_id": "(SELECT id FROM wallet_account WHERE kind = 'receivable' LIMIT 1)",
            "debit_account_id": "(SELECT id FROM wallet_account WHERE kind = 'house')",
        }.items()
    },
    "account's balance": ("wallet_account WHERE kind = 'payout_pending'", "balance = balance + 1", "I3"),
    "account's checkpoint": ("wallet_account WHERE kind = 'receivable'", "checkpoint = 5", "I4"),
    "account's debits": ("wallet_account WHERE kind = 'earned'", "debits_posted = 1, credits_seen = 1", "I4"),
    "hold's end": ("wallet_hold WHERE state = 'settled'", "settled_amount = 0, state = 'refunded'", "I6"),
    "item's tokens": (ITEM, "tokens = tokens + 1", "I6"),
    "item's status": (
        ITEM,
        "status = 'refunded', refunded_tokens = tokens, refund_reason = 'timeout', refunded_at = now(),"
        " deadline_at = NULL, deadline_step = ''",
        "I6",
    ),
    "item's viewer": (ITEM, "viewer_id = (SELECT user_id FROM accounts_viewer ORDER BY user_id LIMIT 1)", "I6"),
    "queue's depth": ("queue_app_performerqueue", "depth = 9", "I8"),
    "operation's answer": ("wallet_operation WHERE verb = 'fund'", "result = NULL", "I10"),
    "entry's reason": (LATEST_ENTRY, "reason = 'forged'", "I11"),
    "entry's actor": (LATEST_ENTRY, "actor_id = 'somebody else'", "I11"),
    "seal of transfers": ("wallet_seal", "upto_xid = '999999999'", "I11"),
    "seal's digests": ("wallet_seal", "digests[1] = sha256('forged')", "I11"),
    "seal of the log": ("audit_seal", "prev_hash = sha256('forged')", "I11"),
}


def busy_house() -> None:
    """Something in every protected table, all sealed."""
    viewer_with(1)
    settled(viewer_with(500), factories.performer(), 300)
    hold(viewer_with(50), None, 20)
    performer, viewer = come(factories.performer()), rich(factories.viewer())
    running(viewer, performer)
    bought(viewer, performer)
    record()
    wait_until_sealable()
    seal(AUDIT_LOG)
    seal(TRANSFERS)


def named_by(superuser: Connection, code: str) -> list[str]:
    """The rows that the invariants of this number name, as the open transaction sees them."""
    found = findings_of(superuser.cursor())
    return [str(row["row"]) for each in found if each.invariant.code == code for row in each.broken]


@contextmanager
def without_triggers(superuser: Connection) -> Iterator[None]:
    """A transaction past every trigger and foreign key, which leaves nothing behind."""
    with superuser.transaction(force_rollback=True):
        superuser.execute("SET LOCAL session_replication_role = replica")
        yield


def change(superuser: Connection, place: str, assignment: str) -> str:
    """Change one row; its table and key."""
    table, _, condition = place.partition(" WHERE ")
    key = "performer_id" if table == "queue_app_performerqueue" else "id"
    row: Any = superuser.execute(
        f"UPDATE {table} SET {assignment} WHERE ctid = (SELECT ctid FROM {table} WHERE {condition or 'true'} LIMIT 1)"
        f" RETURNING {key}"
    ).fetchone()
    return f"{table} {row[0]}"


def test_the_verifier_names_the_very_row(superuser_connection: Connection) -> None:
    busy_house()
    unseen = []

    for what, (place, assignment, code) in TAMPERED.items():
        with without_triggers(superuser_connection):
            if change(superuser_connection, place, assignment) not in named_by(superuser_connection, code):
                unseen.append(what)

    assert unseen == []
    assert not any(found.broken for found in findings_of(superuser_connection.cursor()))


def test_a_row_taken_out_is_missed(superuser_connection: Connection) -> None:
    busy_house()

    for table in ("wallet_transfer", "audit_auditentry"):
        with without_triggers(superuser_connection):
            row: Any = superuser_connection.execute(
                f"DELETE FROM {table} WHERE id = (SELECT id FROM {table} ORDER BY id DESC LIMIT 1) RETURNING id"
            ).fetchone()
            assert named_by(superuser_connection, "I11") == [f"{table} {row[0]}"]


def test_a_transfer_slipped_into_the_past_is_named(superuser_connection: Connection) -> None:
    busy_house()

    with without_triggers(superuser_connection):
        row: Any = superuser_connection.execute(
            "INSERT INTO wallet_transfer (debit_account_id, credit_account_id, amount, code, group_id, created_xid)"
            " SELECT debit_account_id, credit_account_id, 7, 'fund', gen_random_uuid(), created_xid"
            " FROM wallet_transfer WHERE code = 'fund' ORDER BY id LIMIT 1 RETURNING id"
        ).fetchone()
        assert named_by(superuser_connection, "I11") == [f"wallet_transfer {row[0]}"]


def test_both_commands_name_the_transfer_and_exit_with_1(superuser_connection: Connection) -> None:
    busy_house()
    superuser_connection.execute("SET session_replication_role = replica")

    row = change(superuser_connection, TRANSFER, "amount = amount + 1")

    with pytest.raises(SystemExit) as stopped:
        call_command("reconcile", stdout=(out := io.StringIO()))
    assert stopped.value.code == 1
    assert f"   row {row}, seal 1, what changed" in out.getvalue()
    with pytest.raises(CommandError, match=f"transfers are not whole. seal 1: entry {row.split()[1]} changed"):
        call_command("audit_verify")
