-- grant: none
-- Keep the answer (or a refusal that counts as one: 402 and 409) under its key, and hand it back. PL/pgSQL keeps its plan.
CREATE OR REPLACE FUNCTION wallet_remember(p_operation uuid, p_answer jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  UPDATE wallet_operation SET result = p_answer WHERE id = p_operation;
  RETURN CASE WHEN FOUND THEN p_answer END;
END
$$;
