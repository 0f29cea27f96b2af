"""The database refuses it first: as the application's role, and some of it even as the owner of the tables."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from accounts.models import Viewer
from tests import factories
from tests.support.database import Connection
from tests.wallet.support import assert_ledger_holds, buckets, settled, viewer_with
from wallet.models import Operation

NO_RIGHT = "42501"

FORBIDDEN = {
    "mint by balance": "UPDATE wallet_account SET balance = balance + 1000000, version = version + 1",
    "mint by transfer": "INSERT INTO wallet_transfer (debit_account_id, credit_account_id, amount, code, group_id)"
    " SELECT wallet_house(), id, 1000, 'fund', id FROM wallet_account WHERE kind = 'available' LIMIT 1",
    "open an account by hand": "INSERT INTO wallet_account (kind, slice) VALUES ('prize', 3)",
    "edit a transfer": "UPDATE wallet_transfer SET amount = 1",
    "delete a transfer": "DELETE FROM wallet_transfer",
    "empty the transfers": "TRUNCATE wallet_transfer CASCADE",
    "settle by hand": "UPDATE wallet_hold SET state = 'refunded'",
    "forge an answer": "UPDATE wallet_operation SET result = '{}'",
    "free a key": "DELETE FROM wallet_operation",
    "disable the triggers": "ALTER TABLE wallet_transfer DISABLE TRIGGER ALL",
    "skip the triggers": "SET session_replication_role = replica",
    "drop a constraint": "ALTER TABLE wallet_account DROP CONSTRAINT wallet_account_balance_not_negative",
    "replace a function": "CREATE OR REPLACE FUNCTION wallet_house() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
    "post by itself": "SELECT wallet_post(core_uuid7(), 'fund', wallet_house(), core_uuid7(), 1)",
    "claim by itself": "SELECT wallet_claim_operation(core_uuid7(), NULL, 'fund', 'k', '[]')",
    "forget a key": "SELECT wallet_forget(core_uuid7(), '{}')",
    "adopt a hold": "SELECT wallet_adopt_hold(core_uuid7())",
    "assign a hold": "SELECT wallet_assign_hold(core_uuid7(), core_uuid7())",
    "forge a seal": "INSERT INTO wallet_seal (epoch, floor_id, from_xid, upto_xid, ids, digests, prev_hash, hash)"
    " VALUES (1, gen_random_uuid(), '0', '1', '{}', '{}', 'a', 'b')",
    "break a seal": "UPDATE wallet_seal SET epoch = 2",
    "begin an epoch": "SELECT wallet_new_epoch()",
    "seal up to anywhere": "SELECT wallet_seal_upto('18446744073709551615')",
    "make a trigger": "CREATE TRIGGER mine BEFORE INSERT ON wallet_transfer FOR EACH ROW"
    " EXECUTE FUNCTION core_refuse_change()",
    "make a function": "CREATE FUNCTION mine() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "make a temporary function": "CREATE FUNCTION pg_temp.wallet_house() RETURNS uuid LANGUAGE sql AS 'SELECT NULL'",
    "make a table": "CREATE TABLE mine (id integer)",
    "make a temporary table": "CREATE TEMPORARY TABLE wallet_account (LIKE public.wallet_account)",
    "make a schema": "CREATE SCHEMA mine",
    "become the owner": "SET ROLE owner",
}

# What the application may do, the auditor may not.
NOT_FOR_AUDITORS = {
    "fund": "SELECT wallet_fund(NULL, 'k', core_uuid7(), 5)",
    "hold": "SELECT wallet_place_hold(NULL, 'k', core_uuid7(), NULL, 5, 60)",
    "expire": "SELECT wallet_expire_hold()",
    "checkpoint": "SELECT wallet_checkpoint()",
    "seal": "SELECT wallet_seal_block()",
    "seal the log": "SELECT audit_seal_block()",
    "write the log": "INSERT INTO audit_auditentry (action) VALUES ('forged')",
    "change a person": "UPDATE accounts_user SET is_staff = true",
    "answer a key": "UPDATE core_idempotencykey SET status = 200",
    "add a job": "INSERT INTO procrastinate_jobs (task_name, queue_name) VALUES ('x', 'x')",
    "read passwords": "SELECT password FROM accounts_user",
    "read all of a person": "SELECT * FROM accounts_user",
    "read sessions": "SELECT session_data FROM django_session",
    "read keys of sessions": "SELECT session_key FROM accounts_signin",
    "read tickets": "SELECT digest FROM accounts_socketticket",
    "read tokens": "SELECT token FROM token_blacklist_outstandingtoken",
    "read answers": "SELECT body FROM core_idempotencykey",
}


@pytest.mark.django_db
@pytest.mark.parametrize("deed", FORBIDDEN)
def test_the_application_has_no_right_to(deed: str) -> None:
    settled(viewer_with(500), factories.performer(), 300)

    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORBIDDEN[deed])

    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
    assert refused.value.__cause__.sqlstate == NO_RIGHT
    assert_ledger_holds()


def test_a_temporary_table_does_not_stand_in_for_the_ledger(owner_connection: Connection) -> None:
    viewer = viewer_with(5)
    owner_connection.execute("CREATE TEMPORARY TABLE wallet_account (LIKE public.wallet_account INCLUDING ALL)")

    owner_connection.execute("SELECT wallet_fund(NULL, 'shadow', %s, 500)", [viewer.pk])

    assert owner_connection.execute("SELECT count(*) FROM pg_temp.wallet_account").fetchone() == (0,)
    assert buckets(viewer.pk) == (505, 0, 0)


def test_the_auditor_has_no_right_to_any_of_it_and_to_less(auditor_connection: Connection) -> None:
    for deed in (FORBIDDEN | NOT_FOR_AUDITORS).values():
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            auditor_connection.execute(deed)


def test_the_auditor_reads_what_a_proof_needs(auditor_connection: Connection) -> None:
    settled(viewer_with(500), factories.performer(), 300)

    seen = auditor_connection.execute(
        "SELECT count(*), min(wallet_summed_balance(credit_account_id)) FROM wallet_transfer WHERE code = 'settle'"
    ).fetchone()

    assert seen == (1, 300)
    assert auditor_connection.execute("SELECT username FROM accounts_user").fetchall()


REFUSED_TO_THE_OWNER = {
    "edit a transfer": "UPDATE wallet_transfer SET amount = amount + 1",
    "delete a transfer": "DELETE FROM wallet_transfer",
    "empty the transfers": "TRUNCATE wallet_transfer CASCADE",
    "delete an account": "DELETE FROM wallet_account",
    "empty the accounts": "TRUNCATE wallet_account CASCADE",
    "give an account away": "UPDATE wallet_account SET owner_id = NULL WHERE kind = 'available'",
    "turn escrow into available": "UPDATE wallet_account SET kind = 'payout_pending' WHERE kind = 'escrow'",
    "change a balance alone": "UPDATE wallet_account SET balance = balance + 1 WHERE kind = 'available'",
    "go below zero": "UPDATE wallet_account SET balance = -1, version = version + 1 WHERE kind = 'available'",
    "debit unseen earnings": "UPDATE wallet_account SET debits_posted = credits_seen + 1 WHERE kind = 'earned'",
    "keep a balance in a summed row": "UPDATE wallet_account SET balance = 1, version = 1 WHERE kind = 'house'",
    "have a second house": "INSERT INTO wallet_account (kind) VALUES ('house')",
    "have a seventeenth slice": "INSERT INTO wallet_account (kind, slice) VALUES ('prize', 16)",
    "own the house": "INSERT INTO wallet_account (kind, slice, owner_id)"
    " SELECT 'house', 1, id FROM accounts_user LIMIT 1",
    "resolve a hold twice": "UPDATE wallet_hold SET state = 'refunded', settled_amount = 0",
    "settle more than was held": "UPDATE wallet_hold SET settled_amount = amount + 1",
    "delete a hold": "DELETE FROM wallet_hold",
    "empty the holds": "TRUNCATE wallet_hold CASCADE",
    "change an answer": "UPDATE wallet_operation SET result = '{}'",
    "free a key": "DELETE FROM wallet_operation",
    "empty the keys": "TRUNCATE wallet_operation",
    "move nothing": "SELECT wallet_post(core_uuid7(), 'fund', wallet_house(), id, 0) FROM wallet_account"
    " WHERE kind = 'available'",
    "move less than nothing": "SELECT wallet_post(core_uuid7(), 'fund', wallet_house(), id, -5) FROM wallet_account"
    " WHERE kind = 'available'",
    "move more than the bound": "SELECT wallet_post(core_uuid7(), 'fund', wallet_house(), id, 1000000001)"
    " FROM wallet_account WHERE kind = 'available'",
    "move from a place to itself": "SELECT wallet_post(core_uuid7(), 'fund', wallet_house(), wallet_house(), 5)",
    "move from nowhere": "SELECT wallet_post(core_uuid7(), 'fund', core_uuid7(), wallet_house(), 5)",
    "move for an unknown reason": "SELECT wallet_post(core_uuid7(), 'gift', wallet_house(), id, 5) FROM wallet_account"
    " WHERE kind = 'available'",
    "reverse without an original": "SELECT wallet_post(core_uuid7(), 'reversal', wallet_house(), id, 5)"
    " FROM wallet_account WHERE kind = 'available'",
}


def test_even_the_owner_of_the_tables_is_refused(owner_connection: Connection) -> None:
    viewer = viewer_with(500)
    settled(viewer, factories.performer(), 300)
    went_through = []

    for deed, statement in REFUSED_TO_THE_OWNER.items():
        try:
            with owner_connection.transaction():
                changed = owner_connection.execute(statement).rowcount
            went_through.append(f"{deed}: {changed} rows")
        except psycopg.errors.IntegrityError:
            pass

    assert went_through == []
    assert buckets(viewer.pk) == (200, 0, 0)
    assert_ledger_holds()


@pytest.mark.django_db
def test_an_answer_is_kept_with_its_effect() -> None:
    viewer: Viewer = viewer_with(500)
    settled(viewer, factories.performer(), 300)

    assert not Operation.objects.filter(result=None).exists()
