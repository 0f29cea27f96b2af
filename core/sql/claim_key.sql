-- grant: app
-- Claim an idempotency key for this transaction. NULL: it is yours, the effect may go on; otherwise what core_kept_answer
-- tells. A twin in flight is waited for by the unique index; the second statement has a snapshot of its own and so sees
-- what the twin committed.
CREATE OR REPLACE FUNCTION core_claim_key(p_actor uuid, p_key text, p_fingerprint bytea) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  INSERT INTO core_idempotencykey (actor_id, key, fingerprint, created_at)
  VALUES (p_actor, p_key, p_fingerprint, now())
  ON CONFLICT ON CONSTRAINT idempotency_key_once DO NOTHING;
  RETURN CASE WHEN NOT FOUND THEN core_kept_answer(p_actor, p_key, p_fingerprint) END;
END
$$;
