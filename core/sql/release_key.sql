-- grant: none
-- Give a claimed key back within the statement that claimed it: a function that decided before it wrote anything leaves
-- no trace, so that its caller may still choose whether the refusal is remembered.
CREATE OR REPLACE FUNCTION core_release_key(p_actor uuid, p_key text) RETURNS void
LANGUAGE sql VOLATILE
AS $$
  DELETE FROM core_idempotencykey WHERE actor_id = p_actor AND key = p_key AND status IS NULL
$$;
