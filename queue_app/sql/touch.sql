-- grant: app
-- Her place in the line has changed: one step of her queue's version, and the snapshot to announce.
CREATE OR REPLACE FUNCTION queue_app_touch(p_performer uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  PERFORM queue_app_lock(p_performer);
  UPDATE queue_app_performerqueue SET version = version + 1 WHERE performer_id = p_performer;
  RETURN queue_app_snapshot(p_performer);
END
$$;
