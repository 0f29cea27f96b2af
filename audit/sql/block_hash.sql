-- grant: app, auditor
-- The hash that chains one block to the one before it.
CREATE OR REPLACE FUNCTION audit_block_hash(
    p_prev bytea, p_epoch int, p_floor bigint, p_from xid8, p_upto xid8, p_ids bigint[], p_digests bytea
) RETURNS bytea
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT sha256(p_prev || sha256(convert_to(
        jsonb_build_array(p_epoch, p_floor, p_from::text, p_upto::text, p_ids)::text, 'UTF8')) || p_digests);
$$;
