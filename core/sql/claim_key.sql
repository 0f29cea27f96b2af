-- grant: app
-- Claim an idempotency key for this transaction. NULL: it is yours, the effect may go on. Otherwise the stored answer
-- {"replay": {"status", "body"}}, or {"refusal": …} where the key belongs to another request. A twin in flight is waited
-- for by the unique index; the second statement has a snapshot of its own and so sees what the twin committed.
CREATE OR REPLACE FUNCTION core_claim_key(p_actor uuid, p_key text, p_fingerprint bytea) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_row core_idempotencykey%ROWTYPE;
BEGIN
  INSERT INTO core_idempotencykey (actor_id, key, fingerprint, created_at)
  VALUES (p_actor, p_key, p_fingerprint, now())
  ON CONFLICT ON CONSTRAINT idempotency_key_once DO NOTHING;
  IF FOUND THEN
    RETURN NULL;
  END IF;
  SELECT * INTO STRICT v_row FROM core_idempotencykey WHERE actor_id = p_actor AND key = p_key;
  IF v_row.fingerprint <> p_fingerprint THEN
    RETURN jsonb_build_object('refusal', 'DUPLICATE_IDEMPOTENCY_KEY');
  END IF;
  RETURN jsonb_build_object('replay', jsonb_build_object('status', v_row.status, 'body', v_row.body));
END
$$;
