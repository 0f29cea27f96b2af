-- grant: app, auditor
-- What a summed account holds: its checkpoint and every transfer after it. One statement, so that the checkpoint and the
-- transfers it leaves out are seen in one snapshot. Whoever decides by it locks the row in the statement before.
CREATE OR REPLACE FUNCTION wallet_summed_balance(p_account uuid) RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
  SELECT account.checkpoint
       + COALESCE((SELECT sum(amount) FROM wallet_transfer
                   WHERE credit_account_id = p_account AND created_xid >= account.checkpoint_xid), 0)::bigint
       - COALESCE((SELECT sum(amount) FROM wallet_transfer
                   WHERE debit_account_id = p_account AND created_xid >= account.checkpoint_xid), 0)::bigint
  FROM wallet_account AS account WHERE account.id = p_account
$$;
