-- grant: app
-- What one operation moved, as the lines of a receipt: [{kind, fromAccount, toAccount, toOwner, tokens}], in the order
-- in which it was posted; p_transfer is any of its movements. Dry runs and receipts both read it here.
CREATE OR REPLACE FUNCTION wallet_lines(p_transfer uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN (
    SELECT COALESCE(jsonb_agg(jsonb_build_object(
        'kind', t.code, 'fromAccount', debit.kind, 'toAccount', credit.kind, 'toOwner', credit.owner_id,
        'tokens', t.amount) ORDER BY t.id), '[]')
      FROM wallet_transfer AS one
      JOIN wallet_transfer AS t ON t.group_id = one.group_id
      JOIN wallet_account AS debit ON debit.id = t.debit_account_id
      JOIN wallet_account AS credit ON credit.id = t.credit_account_id
     WHERE one.id = p_transfer);
END
$$;
