-- grant: none
-- After a restore, with nobody writing: seals everything that is there and lets the transaction ids start anew. For the
-- owner alone: between two epochs lies the one seam at which an entry could be slipped in.
CREATE OR REPLACE FUNCTION audit_new_epoch() RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    LOCK TABLE audit_auditentry IN SHARE MODE;
    RETURN audit_seal_upto('18446744073709551615');
END;
$$;
