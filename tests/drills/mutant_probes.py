"""For each rule of a table the statement that it must refuse, by its own name."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import psycopg

from tests.drills.mutants import Rule, without
from tests.support.database import Connection

COPY = "INSERT INTO {table} SELECT (jsonb_populate_record(r, %s::jsonb)).* FROM {table} AS r WHERE {where} LIMIT 1"
NEW = {"id": "00000000-0000-7000-8000-00000000beef"}
NEXT = {"id": 987654321}
ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Probe:
    """A statement, with triggers off where they would speak before the rule does; as a superuser, never committed."""

    sql: str
    params: list[str] | None = None
    triggers: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a good row with something wrong about it."""

    table: str
    where: str = "true"
    wrong: dict[str, Any] = field(default_factory=dict)
    fresh: dict[str, Any] = field(default_factory=lambda: dict(NEW))

    def probe(self) -> Probe:
        """As a statement."""
        return Probe(COPY.format(table=self.table, where=self.where), [json.dumps({**self.fresh, **self.wrong})])


HOLD = "wallet_hold"
HELD, SETTLED = "state = 'held'", "state = 'settled'"
FRESH_HOLD = {**NEW, "resolved_by_id": None, "resolved_at": None}
RESOLVED = {"resolved_by_id": NEW["id"], "resolved_at": "2026-01-01T00:00:00Z"}
TRANSFER = "wallet_transfer"
FUND = "code = 'fund'"
ACCOUNT = "wallet_account"
STRANGER = {**NEW, "owner_id": NEW["id"]}
PAYOUT = "payouts_payout"
ASKED = "status = 'requested'"
FRESH_PAYOUT = {**NEW, "reserve_transfer_id": NEW["id"], "end_transfer_id": None}
ITEM = "queue_app_queueitem"
WAITS = "status = 'created'"
FRESH_ITEM = {**NEW, "hold_id": NEW["id"], "source_event_id": "another", "sequence": 999}
ASK = "adjustments_adjustment"
PROPOSED = "status = 'proposed'"
FRESH_ASK = {**NEW, "key": "another"}
LONG_AGO = "2026-01-01T00:00:00Z"
SEAL = "wallet_seal"
OWN = "compliance_viewerlimits"
MONTH = "archive_archivedmonth"
FRESH_SEAL = {**NEXT, "hash": "\\x01", "prev_hash": "\\x02"}

CHECKS: dict[str, Copy] = {
    "wallet_account_kind_is_known": Copy(ACCOUNT, "kind = 'available'", {"kind": "pocket"}),
    "wallet_account_owner_fits_kind": Copy(ACCOUNT, "kind = 'available'", {"owner_id": None}),
    "wallet_account_slice_check": Copy(ACCOUNT, "kind = 'prize'", {"slice": -1}),
    "wallet_account_slice_of_prize": Copy(ACCOUNT, "kind = 'prize'", {"slice": 16}),
    "wallet_account_balance_not_negative": Copy(ACCOUNT, "kind = 'available'", {"balance": -1}, STRANGER),
    "wallet_account_balance_bounded": Copy(ACCOUNT, "kind = 'available'", {"balance": 10**15 + 1}, STRANGER),
    "wallet_account_debits_covered": Copy(
        ACCOUNT, "kind = 'earned'", {"debits_posted": 5, "credits_seen": 4}, STRANGER
    ),
    "wallet_account_live_or_summed": Copy(ACCOUNT, "kind = 'earned'", {"balance": 5}, STRANGER),
    "wallet_account_once": Copy(ACCOUNT, "kind = 'available'"),
    "wallet_transfer_amount_in_range": Copy(TRANSFER, FUND, {"amount": 0}),
    "wallet_transfer_code_is_known": Copy(TRANSFER, FUND, {"code": "gift"}),
    "wallet_transfer_two_sides": Copy(TRANSFER, FUND, {"debit_account_id": NEW["id"], "credit_account_id": NEW["id"]}),
    "wallet_transfer_reversal_names_original": Copy(TRANSFER, FUND, {"code": "reversal"}),
    "wallet_transfer_reversed_once": Copy(TRANSFER, "code = 'reversal'"),
    "wallet_transfer_external_once": Copy(TRANSFER, "external_id <> ''"),
    "wallet_hold_amount_in_range": Copy(HOLD, HELD, {"amount": 10**9 + 1}, FRESH_HOLD),
    "wallet_hold_settled_within_amount": Copy(HOLD, SETTLED, {"settled_amount": -1, **RESOLVED}),
    "wallet_hold_resolved_once": Copy(HOLD, HELD, {"resolved_by_id": NEW["id"]}),
    "wallet_hold_state_fits_amount": Copy(HOLD, SETTLED, {"state": "refunded", **RESOLVED}),
    "wallet_hold_settled_to_somebody": Copy(HOLD, SETTLED, {"performer_id": None, **RESOLVED}),
    "wallet_hold_resolved_by_id_key": Copy(HOLD, SETTLED),
    "wallet_operation_once": Copy("wallet_operation"),
    "wallet_operation_key_given": Copy("wallet_operation", wrong={"key": ""}),
    "wallet_seal_epoch_check": Copy(SEAL, wrong={"epoch": -1}, fresh=FRESH_SEAL),
    "wallet_seal_hash_key": Copy(SEAL, fresh={**NEXT, "prev_hash": "\\x02"}),
    "wallet_seal_prev_hash_key": Copy(SEAL, fresh={**NEXT, "hash": "\\x01"}),
    "audit_seal_epoch_check": Copy("audit_seal", wrong={"epoch": -1}, fresh=FRESH_SEAL),
    "audit_seal_hash_key": Copy("audit_seal", fresh={**NEXT, "prev_hash": "\\x02"}),
    "audit_seal_prev_hash_key": Copy("audit_seal", fresh={**NEXT, "hash": "\\x01"}),
    "payouts_tokens_in_range": Copy(PAYOUT, ASKED, {"tokens": 0}, FRESH_PAYOUT),
    "payouts_one_or_two_approvals": Copy(PAYOUT, ASKED, {"approvals_needed": 0}, FRESH_PAYOUT),
    "payouts_worth_is_tokens_at_rate": Copy(PAYOUT, ASKED, {"rate": 2, "currency": "EUR", "worth": 1}, FRESH_PAYOUT),
    "payouts_rate_has_currency": Copy(PAYOUT, ASKED, {"rate": 2, "currency": ""}, FRESH_PAYOUT),
    "payouts_status_tells_the_truth": Copy(PAYOUT, ASKED, {"status": "paid"}, FRESH_PAYOUT),
    "payouts_payout_reserve_transfer_id_key": Copy(PAYOUT, ASKED),
    "core_idempotencykey_status_check": Copy(
        "core_idempotencykey", wrong={"status": -1}, fresh={**NEXT, "key": "another"}
    ),
    "idempotency_key_once": Copy("core_idempotencykey", fresh=NEXT),
    "queue_app_whole_tokens": Copy(ITEM, WAITS, {"tokens": 0}, FRESH_ITEM),
    "queue_app_duration_in_range": Copy(ITEM, WAITS, {"duration_seconds": 3601}, FRESH_ITEM),
    "queue_app_nobodys_item_only_waits": Copy(ITEM, WAITS, {"performer_id": None}, FRESH_ITEM),
    "queue_app_status_tells_the_truth": Copy(ITEM, WAITS, {"settled_tokens": 5}, FRESH_ITEM),
    "queue_app_refund_reason_known": Copy(
        ITEM,
        WAITS,
        {"status": "refunded", "refund_reason": "whim", "refunded_tokens": 100, "refunded_at": "2026-01-01T00:00:00Z"},
        FRESH_ITEM,
    ),
    "queue_app_passing_through_never_waits": Copy(
        ITEM, "status = 'started'", {"sequence": None, "performer_id": NEW["id"]}, FRESH_ITEM
    ),
    "queue_app_one_started": Copy(ITEM, "status = 'started'", fresh=FRESH_ITEM),
    "queue_app_one_place_each": Copy(ITEM, WAITS, fresh={**NEW, "hold_id": NEW["id"], "source_event_id": "another"}),
    "queue_app_one_item_an_event": Copy(ITEM, WAITS, fresh={**NEW, "hold_id": NEW["id"], "sequence": 999}),
    "queue_app_queueitem_hold_id_key": Copy(ITEM, WAITS, fresh={**NEW, "source_event_id": "another", "sequence": 999}),
    "queue_app_depth_within_limit": Copy(
        "queue_app_performerqueue", wrong={"depth": 51}, fresh={"performer_id": NEW["id"]}
    ),
    "queue_app_mode_known": Copy("queue_app_performerqueue", wrong={"mode": "HAL"}, fresh={"performer_id": NEW["id"]}),
    "queue_app_start_deadline_whole": Copy(
        "queue_app_performerqueue",
        wrong={"start_by": LONG_AGO, "start_item_id": None},
        fresh={"performer_id": NEW["id"]},
    ),
    "queue_app_reversed_was_finished": Copy(ITEM, WAITS, {"reversed_at": LONG_AGO}, FRESH_ITEM),
    "queue_app_time_follows_status": Copy(ITEM, WAITS, {"paused_at": LONG_AGO}, FRESH_ITEM),
    "adjustments_adjustment_people_needed_check": Copy(ASK, PROPOSED, {"people_needed": -1}, FRESH_ASK),
    "adjustments_adjustment_transfer_id_key": Copy(ASK, "status = 'booked'", fresh=FRESH_ASK),
    "adjustments_bucket_known": Copy(ASK, PROPOSED, {"bucket": "hat"}, FRESH_ASK),
    "adjustments_direction_known": Copy(ASK, PROPOSED, {"direction": "up"}, FRESH_ASK),
    "adjustments_proposed_once": Copy(ASK, PROPOSED),
    "adjustments_status_tells_the_truth": Copy(ASK, PROPOSED, {"status": "booked"}, FRESH_ASK),
    "adjustments_ticket_and_reason": Copy(ASK, PROPOSED, {"ticket": ""}, FRESH_ASK),
    "adjustments_whole_tokens": Copy(ASK, PROPOSED, {"tokens": 0}, FRESH_ASK),
    "adjustments_verb_known": Copy("adjustments_decision", wrong={"verb": "shrug"}, fresh=NEXT),
    "adjustments_different_people": Copy("adjustments_decision", "verb = 'propose'", fresh=NEXT),
    "queue_app_one_step_each_version": Copy("queue_app_queueevent", fresh=NEXT),
    "payouts_one_step_each_version": Copy("payouts_step", fresh=NEXT),
    "notices_once_for_its_cause": Copy("notices_notice"),
    **{
        f"compliance_{name}_in_range": Copy(OWN, wrong={name: -1}, fresh={"viewer_id": NEW["id"]})
        for name in ("daily", "daily_next", "weekly", "weekly_next")
    },
    "archive_edition_once": Copy(MONTH, fresh=NEXT),
    "archive_archivedmonth_edition_check": Copy(MONTH, wrong={"edition": -1}, fresh=NEXT),
    "archive_month_is_its_first_day": Copy(MONTH, wrong={"month": "2025-02-02"}, fresh=NEXT),
    "archive_digest_is_one": Copy(MONTH, wrong={"month": "2025-02-01", "manifest_sha256": "none"}, fresh=NEXT),
}

WRITTEN: dict[str, Probe] = {
    "payouts_nobody_approves_own": Probe("UPDATE payouts_payout SET first_approver_id = performer_id"),
    "payouts_payout_end_transfer_id_key": Probe(
        "UPDATE payouts_payout AS p SET status = paid.status, rate = paid.rate, currency = paid.currency,"
        " worth = paid.worth, tokens = paid.tokens,"
        " first_approver_id = paid.first_approver_id, approved_at = paid.approved_at, sent_at = paid.sent_at,"
        " ended_at = paid.ended_at, end_transfer_id = paid.end_transfer_id"
        " FROM payouts_payout AS paid WHERE paid.status = 'paid' AND p.status = 'requested'"
    ),
    "wallet_account_identity_fixed": Probe("UPDATE wallet_account SET slice = 9 WHERE slice = 15", triggers=True),
    "wallet_account_version_steps": Probe(
        "UPDATE wallet_account SET balance = balance + 1 WHERE kind = 'prize'", triggers=True
    ),
    "wallet_hold_resolution_final": Probe(
        "UPDATE wallet_hold SET resolved_at = now() WHERE state = 'settled'", triggers=True
    ),
    "wallet_operation_answer_final": Probe("UPDATE wallet_operation SET result = '{}'", triggers=True),
    "wallet_operation_kept_thirty_days": Probe("DELETE FROM wallet_operation", triggers=True),
    "audit_auditentry_stamped": Probe(
        "WITH forged AS (INSERT INTO audit_auditentry SELECT (jsonb_populate_record(r, '{\"id\": 987654321}')).*"
        " FROM audit_auditentry AS r LIMIT 1 RETURNING created_xid)"
        " SELECT 1 / (created_xid <> pg_current_xact_id())::integer FROM forged",
        triggers=True,
    ),
    "notices_said_is_said": Probe("UPDATE notices_notice SET key = 'queue.item.finished'", triggers=True),
    "compliance_viewerlimits_kept": Probe(
        "UPDATE compliance_viewerlimits SET excluded_until = NULL WHERE excluded_until IS NOT NULL", triggers=True
    ),
    "adjustments_adjustment.decided_once": Probe(
        "UPDATE adjustments_adjustment SET tokens = tokens + 1", triggers=True
    ),
    "queue_app_queueitem.keep_time": Probe(
        "ALTER TABLE queue_app_queueitem DISABLE TRIGGER legal_steps_only; WITH forgotten AS ("
        "INSERT INTO queue_app_queueitem SELECT (jsonb_populate_record(r, to_jsonb(r) || jsonb_build_object("
        "'id', gen_random_uuid(), 'hold_id', gen_random_uuid(), 'source_event_id', 'x', 'sequence', 999,"
        " 'deadline_step', '', 'deadline_at', NULL))).* FROM queue_app_queueitem AS r WHERE status = 'created' LIMIT 1"
        " RETURNING deadline_at) SELECT 1 / (deadline_at IS NULL)::integer FROM forgotten",
        triggers=True,
    ),
    "payouts_payout.legal_steps_only": Probe(
        "UPDATE payouts_payout SET tokens = tokens + 1 WHERE status = 'requested'", triggers=True
    ),
    "queue_app_queueitem.legal_steps_only": Probe("UPDATE queue_app_queueitem SET tokens = 7", triggers=True),
    "payouts_step.step_was_taken": Probe(
        'INSERT INTO payouts_step SELECT (jsonb_populate_record(r, \'{"id": 987654321, "version": 99}\')).*'
        " FROM payouts_step AS r LIMIT 1; SET CONSTRAINTS ALL IMMEDIATE",
        triggers=True,
    ),
    "queue_app_queueevent.step_was_taken": Probe(
        'INSERT INTO queue_app_queueevent SELECT (jsonb_populate_record(r, \'{"id": 987654321, "version": 99}\')).*'
        " FROM queue_app_queueevent AS r LIMIT 1; SET CONSTRAINTS ALL IMMEDIATE",
        triggers=True,
    ),
}
# A row that points at nothing; the table's own triggers and CHECKs would speak first.
DANGLING = """
ALTER TABLE {table} DISABLE TRIGGER USER;
DO $$
DECLARE
  v_check name;
BEGIN
  FOR v_check IN SELECT conname FROM pg_constraint WHERE conrelid = '{table}'::regclass AND contype = 'c' LOOP
    EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', v_check);
  END LOOP;
END $$;
UPDATE {table} SET {column} = '{uuid}'
 WHERE ctid = (SELECT ctid FROM {table} ORDER BY {column} IS NULL LIMIT 1);
SET CONSTRAINTS ALL IMMEDIATE
"""
# Whoever empties a table empties those that point at it: their triggers are asked on their own, in their turn.
EMPTY = """
DO $$
DECLARE
  v_other record;
BEGIN
  FOR v_other IN SELECT tgrelid::regclass AS place, tgname FROM pg_trigger
                 WHERE NOT tgisinternal AND tgtype & 32 <> 0 AND tgrelid <> '{table}'::regclass
  LOOP
    EXECUTE format('ALTER TABLE %s DISABLE TRIGGER %I', v_other.place, v_other.tgname);
  END LOOP;
END $$;
TRUNCATE {table} CASCADE
"""
# Rules of append-only tables are told from their names.
BY_NAME = {
    "append_only": "UPDATE {table} SET id = id",
    "keeps_rows": "DELETE FROM {table}",
    "kept": "DELETE FROM {table}",
    "never_truncated": EMPTY,
    "never_emptied": EMPTY,
    "keeps_all": EMPTY,
}


def probe_of(rule: Rule) -> Probe | None:
    """The statement that this rule must refuse; None where nobody has written one."""
    written = WRITTEN.get(f"{rule.table}.{rule.name}") or WRITTEN.get(rule.name)
    if written is not None:
        return written
    if rule.kind == "foreign key":
        return Probe(DANGLING.format(table=rule.table, column=rule.column, uuid=NEW["id"]), triggers=True)
    if rule.kind != "trigger":
        copy = CHECKS.get(rule.name)
        return copy.probe() if copy is not None else None
    for ending, sql in BY_NAME.items():
        if rule.name.endswith(ending):
            return Probe(sql.format(table=rule.table), triggers=True)
    return None


def answer(superuser: Connection, probe: Probe, gone: Rule | None) -> str:
    """What becomes of the probe while a rule is gone: accepted, or the name (else the kind) of what refuses it."""
    try:
        with without(superuser, gone):
            if not probe.triggers:
                superuser.execute("SET LOCAL session_replication_role = replica")
            superuser.execute(probe.sql, probe.params)
        return ACCEPTED
    except psycopg.Error as error:
        return error.diag.constraint_name or error.sqlstate or type(error).__name__
