-- grant: app, auditor
-- The digest of one transfer over all of its columns. jsonb's text is canonical: same content, same digest.
CREATE OR REPLACE FUNCTION wallet_transfer_digest(p_transfer wallet_transfer) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT sha256(convert_to(jsonb_build_array(
    p_transfer.id, p_transfer.debit_account_id, p_transfer.credit_account_id, p_transfer.amount, p_transfer.code,
    p_transfer.group_id, p_transfer.hold_id, p_transfer.reverses_id, p_transfer.reason, p_transfer.external_id,
    (extract(epoch FROM p_transfer.created_at) * 1000000)::bigint, p_transfer.created_xid::text)::text, 'UTF8'))
$$;
