"""What must hold of corrections by hand; `manage.py reconcile` checks it with the ledger."""

from __future__ import annotations

from wallet.invariants import Invariant

BOOKED_ARE_TRANSFERS = Invariant(
    "I6",
    "a booked correction is one transfer of its own, agreed to by as many different people as it needs",
    """
SELECT COALESCE('adjustments_adjustment ' || a.id, 'wallet_transfer ' || t.id) AS row, a.status, a.tokens, t.amount,
       a.people_needed, people.number AS people
FROM adjustments_adjustment AS a FULL JOIN (SELECT * FROM wallet_transfer WHERE code = 'adjust') AS t
  ON t.id = a.transfer_id
LEFT JOIN wallet_account AS account
  ON account.id = CASE a.direction WHEN 'credit' THEN t.credit_account_id ELSE t.debit_account_id END
LEFT JOIN LATERAL (
  SELECT count(DISTINCT staff_id) AS number, bool_or(large AND verb = 'approve') AS large
  FROM adjustments_decision WHERE adjustment_id = a.id AND verb <> 'reject'
) AS people ON true
WHERE a.id IS NULL OR (a.status = 'booked') <> (t.id IS NOT NULL)
   OR a.status = 'booked' AND (t.amount <> a.tokens OR account.owner_id <> a.owner_id OR account.kind <> a.bucket
     OR people.number < a.people_needed OR a.people_needed > 2 AND NOT people.large)
""",
)
