-- grant: none
-- The first lock of every change to a performer, for who must not wait: whether it was free.
CREATE OR REPLACE FUNCTION modelstate_try_lock(p_performer uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM FROM modelstate_modelstate WHERE performer_id = p_performer FOR NO KEY UPDATE SKIP LOCKED;
  RETURN FOUND;
END
$$;
