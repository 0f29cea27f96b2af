-- grant: app
-- Keep the answer under its key, in the transaction of the effect; what stands there already stays. PL/pgSQL keeps its plan.
CREATE OR REPLACE FUNCTION core_store_answer(p_actor uuid, p_key text, p_status integer, p_body jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  UPDATE core_idempotencykey SET status = p_status, body = p_body WHERE actor_id = p_actor AND key = p_key AND status IS NULL;
END
$$;
