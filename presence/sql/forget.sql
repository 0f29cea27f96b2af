-- grant: app
-- Forget leases that ended a day ago or earlier; how many there were. A few at a time, whichever no one renews.
CREATE OR REPLACE FUNCTION presence_forget(p_limit integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_count integer;
BEGIN
  DELETE FROM presence_lease WHERE sign_in_id IN (
    SELECT sign_in_id FROM presence_lease WHERE expires_at < clock_timestamp() - interval '1 day'
     LIMIT p_limit FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END
$$;
