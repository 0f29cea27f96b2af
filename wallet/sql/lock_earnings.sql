-- grant: none
-- Lock a performer's two rows that a payout moves, in id order, then sum what she has earned in the next statement.
-- NULLs: she has no such accounts.
CREATE OR REPLACE FUNCTION wallet_lock_earnings(
  p_performer uuid, OUT earned uuid, OUT pending uuid, OUT earned_balance bigint, OUT closed boolean)
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  PERFORM FROM wallet_account WHERE owner_id = p_performer AND kind IN ('earned', 'payout_pending') AND slice = 0
  ORDER BY id FOR NO KEY UPDATE;
  SELECT (array_agg(id) FILTER (WHERE kind = 'earned'))[1], (array_agg(id) FILTER (WHERE kind = 'payout_pending'))[1],
         bool_or(closed_at IS NOT NULL)
  INTO earned, pending, closed
  FROM wallet_account WHERE owner_id = p_performer AND kind IN ('earned', 'payout_pending') AND slice = 0;
  earned_balance := wallet_summed_balance(earned);
END
$$;
