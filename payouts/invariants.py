"""What ties payouts to the ledger; `manage.py reconcile` runs these with the wallet's own."""

from __future__ import annotations

from wallet.invariants import Invariant

PENDING_IS_OPEN_PAYOUTS = Invariant(
    "I5",
    "a performer's payout pending is the sum of her open payouts",
    """
SELECT 'wallet_account ' || COALESCE(account.id::text, 'missing') AS row, performer_id,
       COALESCE(balance, 0) AS pending, COALESCE(asked, 0) AS open_payouts
FROM (SELECT id, owner_id AS performer_id, balance FROM wallet_account WHERE kind = 'payout_pending') AS account
FULL JOIN (SELECT performer_id, sum(tokens) AS asked FROM payouts_payout
           WHERE status IN ('requested', 'approved', 'sent') GROUP BY performer_id) AS payouts
USING (performer_id) WHERE COALESCE(balance, 0) <> COALESCE(asked, 0)
""",
)

PAYOUTS_AGREE_WITH_TRANSFERS = Invariant(
    "I6",
    "a payout was reserved once and ended as its status says, and no other transfer moves payouts",
    """
SELECT 'payouts_payout ' || payout.id AS row, payout.status, payout.tokens, moved.code, moved.amount
FROM payouts_payout AS payout LEFT JOIN LATERAL (
  SELECT min(code) FILTER (WHERE id = payout.end_transfer_id) AS code,
         min(amount) FILTER (WHERE id = payout.end_transfer_id) AS amount,
         count(*) FILTER (WHERE id = payout.reserve_transfer_id AND code = 'payout_reserve'
                          AND amount = payout.tokens) AS reserved
  FROM wallet_transfer WHERE id IN (payout.reserve_transfer_id, payout.end_transfer_id)
) AS moved ON true
WHERE moved.reserved <> 1 OR moved.amount <> payout.tokens OR moved.code IS DISTINCT FROM
  CASE WHEN payout.status = 'paid' THEN 'payout_pay'
       WHEN payout.status IN ('rejected', 'failed') THEN 'payout_return' END
UNION ALL
SELECT 'wallet_transfer ' || transfer.id, NULL, NULL, transfer.code, transfer.amount
FROM wallet_transfer AS transfer
WHERE transfer.code IN ('payout_reserve', 'payout_pay', 'payout_return') AND NOT EXISTS (
  SELECT FROM payouts_payout WHERE transfer.id IN (reserve_transfer_id, end_transfer_id))
""",
)

STEPS_ARE_COMPLETE = Invariant(
    "I6",
    "a payout's history has one row for each of its versions and ends where it stands",
    """
SELECT 'payouts_payout ' || payout.id AS row, payout.status, payout.version, count(step.id) AS steps
FROM payouts_payout AS payout LEFT JOIN payouts_step AS step ON step.payout_id = payout.id
GROUP BY payout.id
HAVING count(step.id) <> payout.version
    OR max(step.to_status) FILTER (WHERE step.version = payout.version) IS DISTINCT FROM payout.status
""",
)

# The audit log says what was approved: who rewrites the payout and its worth is found here, who rewrites the log too is
# found by its chain (I11).
RATES_ARE_THOSE_APPROVED = Invariant(
    "I6",
    "a payout is worth its tokens at the rate that was approved, as the audit log has it",
    """
SELECT 'payouts_payout ' || payout.id AS row, payout.tokens, payout.rate, payout.currency, payout.worth,
       approved.rates AS rates_in_the_log
FROM payouts_payout AS payout LEFT JOIN LATERAL (
  SELECT array_agg(after ->> 'rate' ORDER BY id) AS rates,
         bool_and((after ->> 'rate', after ->> 'currency', after ->> 'tokens')
                  IS NOT DISTINCT FROM (payout.rate::text, payout.currency::text, payout.tokens::text)) AS agree
  FROM audit_auditentry
  WHERE target_type = 'payouts.payout' AND target_id = payout.id::text AND action = 'payout.approve'
) AS approved ON true
WHERE CASE WHEN payout.rate IS NULL THEN approved.rates IS NOT NULL
           ELSE approved.agree IS NOT TRUE OR payout.worth IS DISTINCT FROM payout.tokens * payout.rate END
""",
)

PAYOUT_INVARIANTS = (
    PENDING_IS_OPEN_PAYOUTS,
    PAYOUTS_AGREE_WITH_TRANSFERS,
    STEPS_ARE_COMPLETE,
    RATES_ARE_THOSE_APPROVED,
)
