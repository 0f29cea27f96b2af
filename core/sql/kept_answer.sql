-- grant: app
-- What stands under a key: NULL for nothing, the stored answer {"replay": {"status", "body"}}, or {"refusal": …} where the
-- key belongs to another request.
CREATE OR REPLACE FUNCTION core_kept_answer(p_actor uuid, p_key text, p_fingerprint bytea) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_row core_idempotencykey%ROWTYPE;
BEGIN
  SELECT * INTO v_row FROM core_idempotencykey WHERE actor_id = p_actor AND key = p_key;
  IF NOT FOUND THEN
    RETURN NULL;
  ELSIF v_row.fingerprint <> p_fingerprint THEN
    RETURN jsonb_build_object('refusal', 'DUPLICATE_IDEMPOTENCY_KEY');
  END IF;
  RETURN jsonb_build_object('replay', jsonb_build_object('status', v_row.status, 'body', v_row.body));
END
$$;
