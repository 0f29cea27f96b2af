-- grant: none
-- The pool's lock alone (see queue_app_lock_pool), unless somebody has it now.
CREATE OR REPLACE FUNCTION queue_app_try_pool() RETURNS boolean
LANGUAGE sql VOLATILE
AS $$
  SELECT pg_try_advisory_xact_lock(hashtextextended('queue_app: whoever is next', 0))
$$;
