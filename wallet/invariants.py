"""What must hold of the ledger at every instant; `core.invariants` keeps the list, `manage.py reconcile` runs it."""

from __future__ import annotations

from core.invariants import Invariant, also_check, findings

__all__ = ["Invariant", "also_check", "findings"]  # the apps above say theirs with the ledger's words

LIVE = "('available', 'escrow', 'payout_pending', 'prize')"

MOVEMENTS = """
  SELECT account_id, sum(amount)::bigint AS net, count(*) AS number,
         -sum(amount) FILTER (WHERE amount < 0) AS debits, sum(amount) FILTER (WHERE amount > 0) AS credits
  FROM (SELECT credit_account_id AS account_id, amount FROM wallet_transfer
        UNION ALL SELECT debit_account_id, -amount FROM wallet_transfer) AS side
  GROUP BY account_id
"""

SUM_IS_ZERO = Invariant(
    "I1",
    "all balances add up to zero",
    f"""
SELECT 'wallet_account, all rows' AS row, sum(tokens) AS sum FROM (
  SELECT CASE WHEN kind IN {LIVE} THEN balance ELSE wallet_summed_balance(id) END AS tokens FROM wallet_account
) AS balances HAVING sum(tokens) <> 0
""",  # noqa: S608 - a constant of this module
)

NOBODY_BELOW_ZERO = Invariant(
    "I2",
    "nobody is below zero",
    """
SELECT 'wallet_account ' || id AS row, kind, balance, earned FROM (
  SELECT id, kind, balance, CASE WHEN kind = 'earned' THEN wallet_summed_balance(id) END AS earned FROM wallet_account
) AS account WHERE balance < 0 OR earned < 0
""",
)

LIVE_ROWS_ARE_THEIR_TRANSFERS = Invariant(
    "I3",
    "a live account holds the sum of its transfers and counts them",
    f"""
SELECT 'wallet_account ' || account.id AS row, kind, balance, COALESCE(net, 0) AS transfers_say,
       version, COALESCE(number, 0) AS transfers_number
FROM wallet_account AS account LEFT JOIN ({MOVEMENTS}) AS moved ON moved.account_id = account.id
WHERE kind IN {LIVE} AND (balance <> COALESCE(net, 0) OR version <> COALESCE(number, 0))
""",  # noqa: S608 - constants of this module
)

SUMMED_ROWS_ARE_THEIR_TRANSFERS = Invariant(
    "I4",
    "a checkpoint is the sum of what it covers; earned has counted its debits and seen no credit that is not there",
    f"""
SELECT 'wallet_account ' || account.id AS row, kind, checkpoint, COALESCE(covered.net, 0) AS covered_say,
       debits_posted, COALESCE(moved.debits, 0) AS debits_say, credits_seen, COALESCE(moved.credits, 0) AS credits_say
FROM wallet_account AS account
LEFT JOIN ({MOVEMENTS}) AS moved ON moved.account_id = account.id
LEFT JOIN LATERAL (
  SELECT sum(CASE WHEN credit_account_id = account.id THEN amount ELSE -amount END) AS net FROM wallet_transfer
  WHERE account.id IN (credit_account_id, debit_account_id) AND created_xid < account.checkpoint_xid
) AS covered ON true
WHERE kind NOT IN {LIVE} AND (
  checkpoint <> COALESCE(covered.net, 0)
  OR kind = 'earned' AND (debits_posted <> COALESCE(moved.debits, 0) OR credits_seen > COALESCE(moved.credits, 0)))
""",  # noqa: S608 - constants of this module
)

DEBTS_ARE_SHORTFALLS = Invariant(
    "I4",
    "a performer owes what corrections could not take, less what she repaid from her own earnings, and nobody overpays",
    """
SELECT 'wallet_account ' || account.id AS row, wallet_summed_balance(account.id) AS receivable,
       COALESCE(strange, 0) AS strange_transfers
FROM wallet_account AS account LEFT JOIN LATERAL (
  SELECT count(*) FILTER (WHERE side.owner_id IS DISTINCT FROM account.owner_id OR side.kind <> 'earned' OR code <>
           CASE WHEN debit_account_id = account.id THEN 'shortfall' ELSE 'repayment' END) AS strange
  FROM wallet_transfer JOIN wallet_account AS side
    ON side.id = CASE WHEN debit_account_id = account.id THEN credit_account_id ELSE debit_account_id END
  WHERE account.id IN (debit_account_id, credit_account_id)
) AS moved ON true
WHERE account.kind = 'receivable' AND (wallet_summed_balance(account.id) > 0 OR strange > 0)
UNION ALL
SELECT 'wallet_transfer ' || transfer.id, NULL, 1 FROM wallet_transfer AS transfer
JOIN wallet_account AS side ON side.id = CASE code WHEN 'shortfall' THEN debit_account_id ELSE credit_account_id END
WHERE code IN ('shortfall', 'repayment') AND side.kind <> 'receivable'
""",
)

ESCROW_IS_OPEN_HOLDS = Invariant(
    "I5",
    "a viewer's escrow is the sum of her open holds",
    """
SELECT 'wallet_account ' || COALESCE(account.id::text, 'missing') AS row, viewer_id,
       COALESCE(balance, 0) AS escrow, COALESCE(held, 0) AS open_holds
FROM (SELECT id, owner_id AS viewer_id, balance FROM wallet_account WHERE kind = 'escrow') AS account
FULL JOIN (SELECT viewer_id, sum(amount) AS held FROM wallet_hold WHERE state = 'held' GROUP BY viewer_id) AS holds
USING (viewer_id) WHERE COALESCE(balance, 0) <> COALESCE(held, 0)
""",
)

HOLDS_ARE_RESOLVED_ONCE = Invariant(
    "I6",
    "a hold is resolved at most once, by transfers of its own that add up to it",
    """
SELECT 'wallet_hold ' || hold.id AS row, state, hold.amount, settled_amount, placed, settled, refunded, resolutions
FROM wallet_hold AS hold LEFT JOIN LATERAL (
  SELECT COALESCE(sum(amount) FILTER (WHERE code = 'hold'), 0) AS placed,
         COALESCE(sum(amount) FILTER (WHERE code = 'settle'), 0) AS settled,
         COALESCE(sum(amount) FILTER (WHERE code = 'refund'), 0) AS refunded,
         count(DISTINCT group_id) FILTER (WHERE code IN ('settle', 'refund')) AS resolutions,
         COALESCE(bool_or(id = hold.resolved_by_id AND code IN ('settle', 'refund')), false) AS resolution_is_its_own
  FROM wallet_transfer WHERE hold_id = hold.id
) AS moved ON true
WHERE placed <> hold.amount OR settled <> settled_amount
   OR refunded <> CASE WHEN state = 'held' THEN 0 ELSE hold.amount - settled_amount END
   OR resolutions <> (state <> 'held')::integer OR resolution_is_its_own <> (state <> 'held')
""",
)

REVERSALS_MIRROR = Invariant(
    "I6",
    "a reversal takes back what its original gave, whole",
    """
SELECT 'wallet_transfer ' || reversal.id AS row, reversal.amount,
       original.id AS original, original.amount AS original_amount
FROM wallet_transfer AS reversal LEFT JOIN wallet_transfer AS original ON original.id = reversal.reverses_id
WHERE reversal.code = 'reversal' AND (original.id IS NULL OR original.code NOT IN ('settle', 'fund')
  OR original.amount <> reversal.amount OR original.credit_account_id <> reversal.debit_account_id)
""",
)

NO_HOLD_OUTLIVES_ITS_TIME = Invariant(
    "I9",
    "no hold stays open for 30 seconds after its time, but in a closed wallet",
    """
SELECT 'wallet_hold ' || id AS row, expires_at, amount FROM wallet_hold AS hold
WHERE state = 'held' AND expires_at < statement_timestamp() - interval '30 seconds' AND NOT EXISTS (
  SELECT FROM wallet_account WHERE owner_id = hold.viewer_id AND closed_at IS NOT NULL)
""",
    timely=True,
)

OPERATIONS_ARE_ANSWERED = Invariant(
    "I10",
    "every operation that was committed has its answer",
    "SELECT 'wallet_operation ' || id AS row, verb, created_at FROM wallet_operation WHERE result IS NULL",
)

LEDGER_INVARIANTS = (
    SUM_IS_ZERO,
    NOBODY_BELOW_ZERO,
    LIVE_ROWS_ARE_THEIR_TRANSFERS,
    SUMMED_ROWS_ARE_THEIR_TRANSFERS,
    DEBTS_ARE_SHORTFALLS,
    ESCROW_IS_OPEN_HOLDS,
    HOLDS_ARE_RESOLVED_ONCE,
    REVERSALS_MIRROR,
    NO_HOLD_OUTLIVES_ITS_TIME,
    OPERATIONS_ARE_ANSWERED,
)
