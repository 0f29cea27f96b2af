-- grant: app
-- What a performer may be paid of her earnings: what she has earned less what she owes, never below zero. Who decides by
-- it locks her earnings in the statement before: what she owes grows under that lock only.
CREATE OR REPLACE FUNCTION wallet_payable(p_performer uuid) RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
  SELECT greatest(0, COALESCE(sum(wallet_summed_balance(id)), 0))::bigint
  FROM wallet_account WHERE owner_id = p_performer AND kind IN ('earned', 'receivable')
$$;
