-- grant: app
-- What a viewer has spent in a span of time: every hold placed in it, less what of it was given back or reversed since,
-- whenever that was. Whoever decides by it locks the viewer's row in the statement before.
CREATE OR REPLACE FUNCTION wallet_spent(p_viewer uuid, p_since timestamptz, p_until timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
  WITH own AS (
    SELECT id FROM wallet_account WHERE owner_id = p_viewer AND kind = 'available' AND slice = 0
  ), placed AS (
    SELECT hold.id, CASE WHEN hold.state = 'held' THEN hold.amount ELSE hold.settled_amount END AS tokens
    FROM own JOIN wallet_transfer AS transfer ON transfer.debit_account_id = own.id
    JOIN wallet_hold AS hold ON hold.id = transfer.hold_id
    WHERE transfer.code = 'hold' AND transfer.created_at >= p_since AND transfer.created_at < p_until
  )
  SELECT COALESCE((SELECT sum(tokens) FROM placed), 0)::bigint - COALESCE((
    SELECT sum(back.amount) FROM own JOIN wallet_transfer AS back ON back.credit_account_id = own.id
    WHERE back.code = 'reversal' AND back.created_at >= p_since AND back.hold_id IN (SELECT id FROM placed)), 0)::bigint
$$;
