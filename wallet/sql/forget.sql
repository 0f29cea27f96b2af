-- grant: none
-- Free the key of an operation that was refused before it did anything (400 and 404), and hand the refusal back.
CREATE OR REPLACE FUNCTION wallet_forget(p_operation uuid, p_refusal jsonb) RETURNS jsonb
LANGUAGE sql VOLATILE
AS $$
  DELETE FROM wallet_operation WHERE id = p_operation RETURNING p_refusal
$$;
