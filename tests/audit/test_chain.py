"""The audit log: append-only, sealed in blocks, and a verifier that names what does not fit."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, connections, transaction
from psycopg import errors

from audit import services, tasks
from audit.models import AuditEntry, Seal
from audit.queries import Break, holds_head, verify
from core.actors import SYSTEM
from tests.support.database import Connection, at_database

Owner = Connection
COLUMNS = "actor_kind, actor_id, action, target_type, target_id, reason, ip_tag, key_id, ua_class, request_id"


def record(action: str = "test.done") -> AuditEntry:
    """One entry, committed at once outside of a transaction."""
    return services.record(by=SYSTEM, action=action, target_type="thing", target_id="1", after={"status": "done"})


def wait_for_horizon() -> None:
    """Until nothing that began before the last entry still runs: on the whole server, other databases included."""
    deadline = time.monotonic() + 60
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT coalesce(max(created_xid) < pg_snapshot_xmin(pg_current_snapshot()), true)"
                " FROM audit_auditentry"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("a transaction elsewhere ran for a minute")


def seal() -> services.Sealed:
    """Seal everything there is."""
    wait_for_horizon()
    return services.seal()


def sealed(entries: int = 3) -> list[int]:
    """So many entries in a block of their own; returns their ids."""
    ids = [record().pk for _ in range(entries)]
    assert seal().entries == entries
    return ids


@pytest.fixture
def tamper(owner_connection: Owner) -> Owner:
    """The table's owner with the triggers off: the strongest hand there is, short of the seals themselves."""
    for table in ("audit_auditentry", "audit_seal"):
        owner_connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    return owner_connection


def test_a_temporary_table_does_not_stand_in_for_the_log(database_clone: str, owner_connection: Owner) -> None:
    record()
    owner_connection.execute("CREATE TEMPORARY TABLE audit_seal (LIKE public.audit_seal INCLUDING ALL)")

    owner_connection.execute("SELECT audit_new_epoch()")

    assert owner_connection.execute("SELECT count(*) FROM pg_temp.audit_seal").fetchone() == (0,)
    assert Seal.objects.count() == 1


# --- append-only


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET reason = 'forged'",
        "DELETE FROM audit_auditentry",
        "TRUNCATE audit_auditentry",
        "INSERT INTO audit_seal (epoch, floor_id, from_xid, upto_xid, ids, digests, prev_hash, hash) "
        "VALUES (1, 0, '0', '1', '{}', '', 'a', 'b')",
        "UPDATE audit_seal SET epoch = 2",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_seal",
        "ALTER TABLE audit_auditentry DISABLE TRIGGER USER",
        "SET LOCAL session_replication_role = replica",
    ],
)
def test_the_application_may_only_append(statement: str) -> None:
    record()
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", ["audit_auditentry", "audit_seal"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_owner_is_refused_too_while_the_triggers_are_on(
    database_clone: str, owner_connection: Owner, table: str, statement: str
) -> None:
    sealed(1)
    with pytest.raises(errors.RestrictViolation):
        owner_connection.execute(statement.format(table))


@pytest.mark.django_db
def test_time_and_transaction_are_the_databases_word() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint, now()")
        xid, now = cursor.fetchone()
        cursor.execute(
            f"INSERT INTO audit_auditentry ({COLUMNS}, created_at, created_xid)"
            " VALUES ('system', '', 'forged', '', '', '', '', '', '', '', '2001-01-01', '1') RETURNING id"
        )
        entry = AuditEntry.objects.get(pk=cursor.fetchone()[0])
    assert (entry.created_xid, entry.created_at) == (xid, now)


# --- sealing


def test_nothing_to_seal_makes_no_block(database_clone: str) -> None:
    first = services.seal()
    assert (first.entries, Seal.objects.count()) == (0, 0)
    assert services.seal() == first


def test_blocks_are_chained_and_cover_everything(database_clone: str) -> None:
    first, second = sealed(2), sealed(3)
    blocks = list(Seal.objects.order_by("id"))
    assert [block.ids for block in blocks] == [first, second]
    assert bytes(blocks[1].prev_hash) == bytes(blocks[0].hash)
    verdict = verify()
    assert verdict.whole
    assert (verdict.seals, verdict.unsealed) == (2, 0)


def test_an_entry_whose_transaction_still_runs_waits_for_its_end(database_clone: str) -> None:
    with transaction.atomic():
        late = record("late")

        def elsewhere() -> int:
            try:
                record("elsewhere")
                return services.seal().entries
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as thread:
            assert thread.submit(elsewhere).result() == 0
    assert seal().entries == 2
    assert late.pk in Seal.objects.get().ids
    assert verify().whole


def test_an_entry_that_was_rolled_back_is_not_missed(database_clone: str) -> None:
    with transaction.atomic():
        record()
        transaction.set_rollback(True)
    sealed(2)
    assert verify().whole


def test_seals_made_at_the_same_moment_make_one_chain(database_clone: str) -> None:
    def work(_: int) -> int:
        try:
            for _ in range(5):
                record()
            return services.seal().entries
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        counts = list(threads.map(work, range(8)))
    rest = seal().entries
    assert sum(counts) + rest == 40
    every = [entry for seal in Seal.objects.all() for entry in seal.ids]
    assert sorted(every) == sorted(AuditEntry.objects.values_list("pk", flat=True))
    assert verify().whole


def test_the_worker_seals(database_clone: str) -> None:
    first = sealed(1)
    assert Seal.objects.get().ids == first
    tasks.seal(timestamp=0)
    assert Seal.objects.count() == 1
    second = record().pk
    wait_for_horizon()
    tasks.seal(timestamp=0)
    assert Seal.objects.latest("id").ids == [second]


# --- tampering


def test_a_changed_entry_is_named(database_clone: str, tamper: Owner) -> None:
    sealed()
    ids = sealed()
    tamper.execute("UPDATE audit_auditentry SET reason = 'forged' WHERE id = %s", [ids[1]])
    assert verify().first_break == Break(Seal.objects.latest("id").pk, "changed", str(ids[1]))


@pytest.mark.parametrize("column", ["actor_id", "action", "target_id", "after", "request_id", "created_at"])
def test_a_change_in_any_column_is_seen(database_clone: str, tamper: Owner, column: str) -> None:
    ids = sealed(1)
    value = {"after": "'{}'", "created_at": "'2001-01-01'"}.get(column, "'forged'")
    tamper.execute(f"UPDATE audit_auditentry SET {column} = {value} WHERE id = %s", [ids[0]])
    assert verify().first_break == Break(Seal.objects.get().pk, "changed", str(ids[0]))


def test_a_removed_entry_is_named(database_clone: str, tamper: Owner) -> None:
    ids = sealed()
    tamper.execute("DELETE FROM audit_auditentry WHERE id = %s", [ids[2]])
    assert verify().first_break == Break(Seal.objects.get().pk, "missing", str(ids[2]))


def test_an_entry_slipped_into_the_past_is_named(database_clone: str, tamper: Owner) -> None:
    ids = sealed()
    tamper.execute("SELECT setval(pg_get_serial_sequence('audit_auditentry', 'id'), 1000)")
    tamper.execute(
        f"INSERT INTO audit_auditentry ({COLUMNS}, created_at, created_xid)"
        f" SELECT {COLUMNS}, created_at, created_xid FROM audit_auditentry WHERE id = %s",
        [ids[0]],
    )
    assert verify().first_break == Break(Seal.objects.get().pk, "slipped in", str(1001))


def test_a_changed_entry_with_a_matching_digest_breaks_its_seal(database_clone: str, tamper: Owner) -> None:
    ids = sealed(1)
    sealed(1)
    tamper.execute("UPDATE audit_auditentry SET reason = 'forged' WHERE id = %s", [ids[0]])
    tamper.execute(
        "UPDATE audit_seal SET digests = (SELECT audit_entry_digest(e) FROM audit_auditentry e WHERE e.id = %s)"
        " WHERE id = (SELECT min(id) FROM audit_seal)",
        [ids[0]],
    )
    found = verify().first_break
    assert found == Break(Seal.objects.earliest("id").pk, "does not hash to its own hash")


def test_a_seal_made_good_again_breaks_the_next_link(database_clone: str, tamper: Owner) -> None:
    sealed(1)
    sealed(1)
    tamper.execute(
        "UPDATE audit_seal SET epoch = 9, hash = audit_block_hash(prev_hash, 9, floor_id, from_xid, upto_xid, ids,"
        " digests) WHERE id = (SELECT min(id) FROM audit_seal)"
    )
    found = verify().first_break
    assert found == Break(Seal.objects.latest("id").pk, "is not chained to the seal before it")


def test_a_cut_off_end_is_seen_by_who_noted_the_head(database_clone: str, tamper: Owner) -> None:
    sealed(1)
    record()
    head = seal().head
    assert holds_head(head)
    tamper.execute("DELETE FROM audit_auditentry WHERE id = (SELECT max(id) FROM audit_auditentry)")
    tamper.execute("DELETE FROM audit_seal WHERE id = (SELECT max(id) FROM audit_seal)")
    assert verify().whole, "nothing in the database itself tells of a cut-off end"
    assert not holds_head(head)
    with pytest.raises(CommandError, match="the chain's end is missing"):
        call_command("audit_verify", head=head)


# --- after a restore


def begin_epoch(owner: Owner) -> None:
    """What `audit_seal --new-epoch` does to the log."""
    owner.execute("SELECT audit_new_epoch()")


def test_a_restored_log_goes_on_in_a_new_epoch(database_clone: str, owner_connection: Owner, tamper: Owner) -> None:
    old = sealed(2)
    # What a restore does: the rows stay, the server counts transactions from a lower number again.
    for table in ("audit_auditentry", "audit_seal"):
        tamper.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    unsealed = record().pk
    begin_epoch(owner_connection)
    assert unsealed in Seal.objects.latest("id").ids
    new = sealed(2)
    latest = Seal.objects.latest("id")
    assert (latest.epoch, latest.floor_id, latest.from_xid, latest.ids) == (2, unsealed, 0, new)
    assert verify().whole
    tamper.execute("ALTER TABLE audit_auditentry DISABLE TRIGGER USER")
    tamper.execute("UPDATE audit_auditentry SET reason = 'forged' WHERE id = %s", [old[0]])
    assert verify().first_break == Break(Seal.objects.earliest("id").pk, "changed", str(old[0]))


def test_a_new_epoch_asked_for_twice_does_no_harm(database_clone: str, owner_connection: Owner) -> None:
    record()
    begin_epoch(owner_connection)
    begin_epoch(owner_connection)
    sealed(1)
    assert verify().whole


# --- the commands


def test_the_commands_say_what_they_found(database_clone: str, capsys: pytest.CaptureFixture[str]) -> None:
    record()
    wait_for_horizon()
    call_command("audit_seal")
    record()
    call_command("audit_verify")
    said = capsys.readouterr().out
    assert "Sealed 1 entries. Head of the chain: " in said
    assert "The audit log's entries are whole: 1 seals hold. 1 entries wait" in said
    assert "The transfers are whole: 0 seals hold. 0 entries wait" in said


def test_the_owner_begins_an_epoch_in_every_chain(
    database_clone: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(settings.DATABASE_OWNER, "NAME", database_clone)
    record()

    call_command("audit_seal", new_epoch=True)

    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["1", "0"]
    assert Seal.objects.get().upto_xid == 2**64 - 1


@pytest.mark.django_db
@pytest.mark.parametrize("function", ["audit_new_epoch()", "audit_seal_upto('18446744073709551615')"])
def test_the_application_begins_no_epoch(function: str) -> None:
    denied = pytest.raises(ProgrammingError, match="permission denied")
    with denied, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}")


def test_the_verifier_exits_with_1_and_names_the_row(
    database_clone: str, tamper: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = sealed(2)
    tamper.execute("UPDATE audit_auditentry SET action = 'forged' WHERE id = %s", [ids[0]])
    monkeypatch.setenv("DATABASE_URL", at_database(os.environ["DATABASE_URL"], database_clone))
    done = subprocess.run([sys.executable, "manage.py", "audit_verify"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"entry {ids[0]} changed" in done.stderr
