-- grant: app
-- Seals all entries whose transactions are surely over: created_xid below the oldest running transaction.
-- Nothing can appear below that horizon any more, so a block never misses a late commit.
CREATE OR REPLACE FUNCTION audit_seal_block() RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    RETURN audit_seal_upto(pg_snapshot_xmin(pg_current_snapshot()));
END;
$$;
