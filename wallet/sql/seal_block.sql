-- grant: app
-- Seal the transfers whose transactions are surely over, as audit_seal_block does the log's entries.
CREATE OR REPLACE FUNCTION wallet_seal_block() RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN wallet_seal_upto(pg_snapshot_xmin(pg_current_snapshot()));
END
$$;
