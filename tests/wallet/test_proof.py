"""The proof: promptness, a signed report, and the staff's page that runs it."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.chains import AUDIT_LOG
from audit.models import AuditEntry
from audit.services import seal
from core.actors import SYSTEM
from core.invariants import findings, in_order
from core.models import OutboxMessage
from tests import factories
from tests.audit.test_chain import record, wait_for_horizon
from tests.support.database import Connection
from tests.wallet.support import hold, key, settled, viewer_with
from wallet import services
from wallet.chain import TRANSFERS
from wallet.models import Account, Seal, Transfer
from wallet.proof import is_genuine, prove, report

PAGE = "/admin/wallet/seal/proof/"


def broken(code: str) -> list[str]:
    """The rows that break the invariants of this number."""
    return [str(row["row"]) for found in findings() if found.invariant.code == code for row in found.broken]


# --- I9 to I12


def test_a_hold_that_outlives_its_time_is_named(database_clone: str, owner_connection: Connection) -> None:
    held = hold(viewer_with(100), None, 10)
    assert broken("I9") == []

    owner_connection.execute("UPDATE wallet_hold SET expires_at = now() - interval '31 seconds'")

    assert broken("I9") == [f"wallet_hold {held.id}"]


def test_a_closed_wallets_hold_is_left_to_staff(database_clone: str, owner_connection: Connection) -> None:
    hold(viewer_with(100), None, 10)
    owner_connection.execute("UPDATE wallet_hold SET expires_at = now() - interval '1 hour'")

    owner_connection.execute("UPDATE wallet_account SET closed_at = now() WHERE kind = 'available'")

    assert broken("I9") == []


@pytest.mark.parametrize("table", ["wallet_operation", "core_idempotencykey"])
def test_what_has_no_answer_is_named(database_clone: str, superuser_connection: Connection, table: str) -> None:
    viewer_with(10)
    superuser_connection.execute(
        "INSERT INTO core_idempotencykey (actor_id, key, fingerprint, status, body, created_at)"
        " VALUES (gen_random_uuid(), 'k', '', 200, '{}', now())"
    )
    superuser_connection.execute("SET session_replication_role = replica")
    column = {"wallet_operation": "result", "core_idempotencykey": "status"}[table]

    row = superuser_connection.execute(f"UPDATE {table} SET {column} = NULL RETURNING id").fetchone()

    assert row is not None
    assert broken("I10") == [f"{table} {row[0]}"]


def test_what_waits_a_minute_for_its_seal_is_named(database_clone: str, superuser_connection: Connection) -> None:
    viewer_with(10)
    entry = record()
    wait_for_horizon()
    assert broken("I11") == []

    superuser_connection.execute("SET session_replication_role = replica")
    for table in ("wallet_transfer", "audit_auditentry"):
        superuser_connection.execute(f"UPDATE {table} SET created_at = now() - interval '61 seconds'")
    assert broken("I11") == [f"audit_auditentry {entry.pk}", f"wallet_transfer {Transfer.objects.get().pk}"]

    seal(AUDIT_LOG), seal(TRANSFERS)
    assert broken("I11") == []


def outbox(kind: str, *, age: timedelta, **fields: Any) -> OutboxMessage:  # noqa: ANN401 - any column
    """A message that was asked for so long ago."""
    message = OutboxMessage.objects.create(kind=kind, key=key(), payload={}, **fields)
    OutboxMessage.objects.filter(pk=message.pk).update(created_at=timezone.now() - age)
    return message


@pytest.mark.django_db
def test_a_message_that_waits_too_long_is_named_unless_the_breaker_is_open() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_outboxkind SET enabled = true WHERE kind = 'wallet.settled'")
        cursor.execute("INSERT INTO core_outboxkind VALUES ('wallet.settled', true) ON CONFLICT DO NOTHING")
    outbox("wallet.settled", age=timedelta(seconds=50))
    outbox("nobody.wants.it", age=timedelta(days=1))
    assert broken("I12") == []

    late = outbox("wallet.settled", age=timedelta(seconds=70))
    assert broken("I12") == [f"core_outboxmessage {late.pk}"]

    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO loyalty_breaker (name, state) VALUES ('loyalty', 'open')")
    assert broken("I12") == []


# --- the report


def busy() -> None:
    viewer = viewer_with(500)
    settled(viewer, factories.performer(), 300)
    hold(viewer, None, 20)


def test_the_report_is_signed_and_says_what_was_found(database_clone: str) -> None:
    busy()

    given = json.loads(json.dumps(report(prove())))

    assert given["ok"] is True
    assert [each["code"] for each in given["invariants"]] == [invariant.code for invariant in in_order()]
    assert {chain["of"] for chain in given["chains"]} == {"audit_auditentry", "wallet_transfer"}
    assert (given["database"], given["readAs"]) == (database_clone, "auditor")
    assert is_genuine(given)


@pytest.mark.django_db
@pytest.mark.parametrize("member", ["ok", "at", "database", "invariants", "chains"])
def test_a_report_that_was_changed_is_not_genuine(member: str) -> None:
    given = report(prove())
    assert not is_genuine({**given, member: "forged"})
    assert not is_genuine({name: value for name, value in given.items() if name != member})


@pytest.mark.django_db
@pytest.mark.parametrize("signature", [None, "text", {}, {"value": 7}, {"value": "é"}, {"value": "0" * 64}])
def test_a_report_without_its_signature_is_not_genuine(signature: object) -> None:
    assert not is_genuine({**report(prove()), "signature": signature})


@pytest.mark.django_db
def test_another_installations_key_is_not_ours(settings: Any) -> None:  # noqa: ANN401 - pytest-django's
    given = report(prove())
    settings.REPORT_KEY = "another key of at least thirty-two characters"
    assert not is_genuine(given)


@pytest.mark.django_db
def test_the_command_verifies_a_file(tmp_path: Path) -> None:
    out, file = io.StringIO(), tmp_path / "proof.json"
    call_command("reconcile", "--json", stdout=out)
    file.write_text(out.getvalue())

    call_command("reconcile", "--verify", str(file), stdout=(said := io.StringIO()))
    assert said.getvalue().startswith("The report is genuine: everything held at ")

    file.write_text(out.getvalue().replace('"ok": true', '"ok": false'))
    with pytest.raises(CommandError, match="changed since"):
        call_command("reconcile", "--verify", str(file))


@pytest.mark.parametrize("text", ["", "nothing", "[]", '"text"'])
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x").write_text(text)
    with pytest.raises(CommandError):
        call_command("reconcile", "--verify", str(tmp_path / "x"))


# --- the page


def staff_client() -> Client:
    return factories.signed_in(factories.staff())


@pytest.mark.django_db
def test_the_page_runs_the_proof_and_leaves_an_entry() -> None:
    busy()
    client = staff_client()
    assert b'data-testid="verdict"' not in client.get(PAGE).content

    page = client.post(PAGE)

    assert page.status_code == 200
    assert b"Everything holds" in page.content
    assert all(f'data-testid="invariant-I{n}"'.encode() in page.content for n in range(1, 13))
    entry = AuditEntry.objects.get(action="wallet.proved")
    assert entry.after == {"outcome": "held", "count": 0}


def test_the_page_names_the_first_offenders(database_clone: str, superuser_connection: Connection) -> None:
    busy()
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.execute("UPDATE wallet_account SET balance = balance + 1 WHERE kind = 'available'")

    page = staff_client().post(PAGE).content.decode()

    assert "Broken: see below" in page
    assert f"wallet_account {Account.objects.get(kind='available').pk}" in page


@pytest.mark.django_db
def test_the_page_hands_over_the_signed_report() -> None:
    answer = staff_client().post(PAGE, {"file": "yes"})

    assert answer["Content-Disposition"].startswith('attachment; filename="proof-')
    assert is_genuine(answer.json())


@pytest.mark.django_db
def test_staff_without_the_permission_are_refused() -> None:
    person = factories.staff()
    factories.deny(person, "RUN_PROOF")
    client = factories.signed_in(person)

    assert (client.get(PAGE).status_code, client.post(PAGE).status_code) == (403, 403)
    assert b"wallet_proof" not in client.get(reverse("admin:index")).content
    assert not AuditEntry.objects.filter(action="wallet.proved").exists()


@pytest.mark.django_db
def test_nobody_else_even_sees_it() -> None:
    for person in (factories.viewer(), factories.performer(), factories.manager()):
        assert factories.signed_in(person).post(PAGE).status_code == 302


@pytest.mark.django_db
def test_the_page_asks_as_much_of_a_large_ledger_as_of_a_small_one() -> None:
    client = staff_client()
    client.get(PAGE)
    counts = []
    for _ in range(2):
        busy()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.post(PAGE)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= len(in_order()) + 20


# --- the transfers' chain


def sealed_transfers() -> list[str]:
    """A few movements in a block of their own; their ids."""
    busy()
    wait_until_sealable()
    assert seal(TRANSFERS).entries == 4
    return [str(pk) for pk in Transfer.objects.order_by("id").values_list("pk", flat=True)]


def wait_until_sealable() -> None:
    """Until the horizon has passed the last movement."""
    record()
    wait_for_horizon()


def test_every_transfer_is_sealed_once(database_clone: str) -> None:
    first = sealed_transfers()
    services.fund(by=SYSTEM, owner_id=factories.viewer().pk, tokens=5, key=key())
    wait_until_sealable()

    assert seal(TRANSFERS).entries == 1
    assert seal(TRANSFERS).entries == 0

    blocks = list(Seal.objects.order_by("id"))
    assert [str(transfer) for transfer in blocks[0].ids] == first
    assert bytes(blocks[1].prev_hash) == bytes(blocks[0].hash)
    assert broken("I11") == []


def test_summed_balances_survive_a_restore(database_clone: str, owner_connection: Connection) -> None:
    viewer, performer = viewer_with(500), factories.performer()
    settled(viewer, performer, 300)
    wait_until_sealable()
    services.checkpoint_summed_accounts()

    # What a restore does: transaction ids begin anew, far below those that the rows carry.
    owner_connection.execute("SELECT wallet_new_epoch()")

    earned = Account.objects.get(owner_id=performer.pk, kind="earned")
    assert (earned.checkpoint, earned.checkpoint_xid) == (0, 0)
    settled(viewer, performer, 50)
    wait_until_sealable()
    assert seal(TRANSFERS).entries == 2
    assert [block.epoch for block in Seal.objects.order_by("id")] == [1, 2]
    assert broken("I4") == broken("I11") == []


def test_the_seals_page_shows_them(database_clone: str) -> None:
    sealed_transfers()
    block = Seal.objects.get()
    client = staff_client()

    listed = client.get(reverse("admin:wallet_seal_changelist"))
    shown = client.get(reverse("admin:wallet_seal_change", args=[block.pk]))

    assert bytes(block.hash).hex() in listed.content.decode()
    assert bytes(block.hash).hex() in shown.content.decode()
