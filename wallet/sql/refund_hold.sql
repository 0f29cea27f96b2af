-- grant: app
-- Give a hold back to its viewer; of a part, the rest is paid to the performer in the same call. p_tokens NULL: all.
CREATE OR REPLACE FUNCTION wallet_refund_hold(
  p_actor uuid, p_key text, p_hold uuid, p_reason text, p_tokens bigint DEFAULT NULL) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_operation uuid := core_uuid7();
  v_answer jsonb := wallet_claim_operation(
    v_operation, p_actor, 'refund_hold', p_key, jsonb_build_array(p_hold, p_tokens, p_reason));
BEGIN
  RETURN COALESCE(v_answer, wallet_settle_part(v_operation, p_hold, p_tokens, true, p_reason));
END
$$;
