-- grant: app
-- Forget leases that ended before yesterday (UTC); how many there were. A few at a time, whichever no one renews.
CREATE OR REPLACE FUNCTION presence_forget(p_limit integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_count integer;
BEGIN
  DELETE FROM presence_lease WHERE sign_in_id IN (
    SELECT sign_in_id FROM presence_lease WHERE expires_on < (clock_timestamp() AT TIME ZONE 'UTC')::date - 1
     LIMIT p_limit FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END
$$;
