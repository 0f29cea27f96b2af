"""What the functions would never do is refused by the database itself, whoever asks."""

from __future__ import annotations

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from payouts.models import Payout, Transition
from payouts.states import matrix
from tests.payouts.support import asked, brought, earner
from tests.support.database import Connection
from tests.wallet.support import assert_ledger_holds
from wallet.invariants import findings

FORGERIES = {
    "an unasked step": "UPDATE payouts_payout SET status = 'paid', version = version + 1",
    "another amount": "UPDATE payouts_payout SET tokens = tokens + 1",
    "a version without its step": "UPDATE payouts_payout SET version = version + 1",
    "another's payout": "UPDATE payouts_payout SET performer_id = gen_random_uuid()",
    "fewer approvals": "UPDATE payouts_payout SET approvals_needed = 1",
    "forgetting it": "DELETE FROM payouts_payout",
    "forgetting all": "TRUNCATE payouts_payout CASCADE",
    "another history": "UPDATE payouts_step SET actor_id = gen_random_uuid()",
    "no history": "DELETE FROM payouts_step",
    "no attempts": "DELETE FROM payouts_attempt",
    "an attempt undone": "UPDATE payouts_attempt SET at = at - interval '2 days'",
    "a second payout of one reservation": """
INSERT INTO payouts_payout (id, performer_id, tokens, status, version, approvals_needed, requested_by_id, currency,
                            reserve_transfer_id, created_at)
SELECT gen_random_uuid(), performer_id, tokens, 'requested', 1, 1, requested_by_id, '', reserve_transfer_id, now()
FROM payouts_payout""",
    "a payout of no reservation": """
INSERT INTO payouts_payout (id, performer_id, tokens, status, version, approvals_needed, requested_by_id, currency,
                            reserve_transfer_id, created_at)
SELECT gen_random_uuid(), performer_id, tokens, 'requested', 1, 1, requested_by_id, '', gen_random_uuid(), now()
FROM payouts_payout""",
    "a step that was not taken": """
INSERT INTO payouts_step (payout_id, version, event, from_status, to_status, reason, at)
SELECT id, version + 1, 'send', 'approved', 'sent', '', now() FROM payouts_payout""",
    "a return without its money": """
WITH step AS (INSERT INTO payouts_step (payout_id, version, event, from_status, to_status, reason, at)
              SELECT id, version + 1, 'reject', 'requested', 'rejected', '', now() FROM payouts_payout)
UPDATE payouts_payout SET status = 'rejected', version = version + 1, ended_at = now(),
       end_transfer_id = reserve_transfer_id""",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_the_owner_cannot_forge(owner_connection: Connection, forgery: str) -> None:
    performer = earner()
    asked(performer)
    before = list(Payout.objects.values())
    with pytest.raises(psycopg.Error) as refused:
        owner_connection.execute(FORGERIES[forgery])
    assert refused.value.sqlstate in {"23514", "23505", "23001", "23503"}
    assert list(Payout.objects.values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("forgery", FORGERIES)
def test_the_application_may_not_even_try(forgery: str) -> None:
    asked(earner())
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORGERIES[forgery])
    assert "permission denied" in str(refused.value)


@pytest.mark.parametrize("change", ["rate = rate * 2", "rate = rate * 2, worth = worth * 2", "worth = worth + 1"])
def test_what_was_approved_stays_as_it_was(owner_connection: Connection, change: str) -> None:
    brought(earner(), "approved")
    with pytest.raises(psycopg.Error) as refused:
        owner_connection.execute(f"UPDATE payouts_payout SET {change}")
    assert refused.value.diag.constraint_name == "payouts_legal_steps_only"


@pytest.mark.parametrize(
    ("change", "constraint"), [("rate = 9", "payouts_worth_is_tokens_at_rate"), ("rate = 9, worth = tokens * 9", None)]
)
def test_a_rate_changed_past_the_guards_is_found(
    superuser_connection: Connection, change: str, constraint: str | None
) -> None:
    payout_id = brought(earner(), "approved")
    assert_ledger_holds()
    superuser_connection.execute("ALTER TABLE payouts_payout DISABLE TRIGGER USER")
    if constraint:
        superuser_connection.execute(f"ALTER TABLE payouts_payout DROP CONSTRAINT {constraint}")
    superuser_connection.execute(f"UPDATE payouts_payout SET {change}")
    broken = [row["row"] for finding in findings(timely=False) for row in finding.broken]
    assert broken == [f"payouts_payout {payout_id}"]


def test_the_second_approver_is_somebody_else(owner_connection: Connection) -> None:
    brought(earner(), "approved")
    with pytest.raises(psycopg.Error):
        owner_connection.execute("UPDATE payouts_payout SET second_approver_id = first_approver_id")


@pytest.mark.django_db
def test_the_database_holds_the_transition_table() -> None:
    rows = set(Transition.objects.values_list("event", "from_status", "to_status"))
    assert rows == {(cell.event.value, cell.from_status.value, cell.to_status) for cell in matrix()}


def test_the_written_page_is_up_to_date() -> None:
    call_command("payout_diagram", "--check")
