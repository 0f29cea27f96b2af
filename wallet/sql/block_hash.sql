-- grant: app, auditor
-- The hash that chains one block of sealed transfers to the one before it.
CREATE OR REPLACE FUNCTION wallet_block_hash(
  p_prev bytea, p_epoch integer, p_floor uuid, p_from xid8, p_upto xid8, p_ids uuid[], p_digests bytea[]) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT sha256(p_prev || sha256(convert_to(
    jsonb_build_array(p_epoch, p_floor, p_from::text, p_upto::text, p_ids, p_digests)::text, 'UTF8')))
$$;
