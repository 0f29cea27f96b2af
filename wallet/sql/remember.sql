-- grant: none
-- Keep the answer (or a refusal that counts as one: 402 and 409) under its key, and hand it back.
CREATE OR REPLACE FUNCTION wallet_remember(p_operation uuid, p_answer jsonb) RETURNS jsonb
LANGUAGE sql VOLATILE
AS $$
  UPDATE wallet_operation SET result = p_answer WHERE id = p_operation RETURNING result
$$;
