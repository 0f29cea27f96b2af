-- grant: app
-- Her place in the line has changed: one step of her queue's version. In the line she takes what waits for whoever is
-- next. Answers {queue, taken}: the snapshot to announce, and what was given to her.
CREATE OR REPLACE FUNCTION queue_app_touch(p_performer uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_told jsonb;
BEGIN
  PERFORM queue_app_lock(p_performer);
  UPDATE queue_app_performerqueue SET version = version + 1 WHERE performer_id = p_performer;
  PERFORM queue_app_arm(p_performer);
  v_told := queue_app_snapshot(p_performer);
  RETURN jsonb_build_object('queue', v_told, 'taken', queue_app_take(p_performer));
END
$$;
