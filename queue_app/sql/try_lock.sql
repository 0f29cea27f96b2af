-- grant: none
-- Her queue's row, made on its first use, where nobody else holds it; the caller holds her state's.
CREATE OR REPLACE FUNCTION queue_app_try_lock(p_performer uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM FROM queue_app_performerqueue WHERE performer_id = p_performer FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND AND NOT EXISTS (SELECT FROM queue_app_performerqueue WHERE performer_id = p_performer) THEN
    PERFORM queue_app_lock(p_performer);
    RETURN true;
  END IF;
  RETURN FOUND;
END
$$;
