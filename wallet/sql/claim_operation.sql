-- grant: none
-- Claim a key for one verb of one actor. NULL: it is ours, the effect may go on under p_operation. Otherwise the first
-- answer, or a refusal where the key was asked something else. A twin in flight is waited for by the unique index; the
-- second statement has a snapshot of its own and so sees what the twin committed.
CREATE OR REPLACE FUNCTION wallet_claim_operation(
  p_operation uuid, p_actor uuid, p_verb text, p_key text, p_args jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_actor uuid := COALESCE(p_actor, '00000000-0000-0000-0000-000000000000');
  v_hash bytea := sha256(convert_to(p_args::text, 'UTF8'));
  v_seen wallet_operation%ROWTYPE;
BEGIN
  INSERT INTO wallet_operation (id, actor_id, verb, key, args_hash)
  VALUES (p_operation, v_actor, p_verb, p_key, v_hash)
  ON CONFLICT ON CONSTRAINT wallet_operation_once DO NOTHING;
  IF FOUND THEN
    RETURN NULL;
  END IF;
  SELECT * INTO STRICT v_seen FROM wallet_operation WHERE actor_id = v_actor AND verb = p_verb AND key = p_key;
  IF v_seen.args_hash <> v_hash THEN
    RETURN jsonb_build_object('refusal', 'DUPLICATE_IDEMPOTENCY_KEY');
  END IF;
  RETURN v_seen.result;
END
$$;
