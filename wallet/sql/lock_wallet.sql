-- grant: none
-- Lock a viewer's two rows, in id order, and hand over what they are. Whoever decides by a balance calls this first:
-- the values are those of the rows locked, not those of an older snapshot. NULLs: there is no such wallet. PL/pgSQL keeps its plan.
CREATE OR REPLACE FUNCTION wallet_lock_wallet(
  p_owner uuid, OUT available uuid, OUT escrow uuid, OUT available_balance bigint, OUT escrow_balance bigint,
  OUT closed boolean)
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  SELECT (array_agg(id) FILTER (WHERE kind = 'available'))[1], (array_agg(id) FILTER (WHERE kind = 'escrow'))[1],
         max(balance) FILTER (WHERE kind = 'available'), max(balance) FILTER (WHERE kind = 'escrow'),
         bool_or(closed_at IS NOT NULL)
  INTO available, escrow, available_balance, escrow_balance, closed
  FROM (SELECT id, kind, balance, closed_at FROM wallet_account
        WHERE owner_id = p_owner AND kind IN ('available', 'escrow') AND slice = 0
        ORDER BY id FOR NO KEY UPDATE) AS locked;
END
$$;
