-- grant: none
-- How long a new item of this performer (NULL: for whoever is next) will wait, in seconds: what is left of the running
-- one, and the length of those that wait; 60 s where it is unknown.
CREATE OR REPLACE FUNCTION queue_app_wait(p_performer uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF p_performer IS NULL THEN
    RETURN (SELECT COALESCE(sum(COALESCE(duration_seconds, 60)), 0)
              FROM queue_app_queueitem WHERE performer_id IS NULL AND status = 'created');
  END IF;
  RETURN (
    SELECT COALESCE(sum(CASE status
        WHEN 'started' THEN GREATEST(0, ceil(extract(epoch FROM ends_at - COALESCE(paused_at, clock_timestamp()))))
        ELSE COALESCE(duration_seconds, 60) END), 0)
      FROM queue_app_queueitem WHERE performer_id = p_performer AND status IN ('created', 'started'));
END
$$;
