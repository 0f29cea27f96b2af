-- grant: app
-- Stop or allow what new things come to a performer's queue; what is in it stays. Whoever may take again gets what waits
-- for whoever is next. Answers {queue, taken} as queue_app_touch does, and whether anything has changed.
CREATE OR REPLACE FUNCTION queue_app_pause_intake(p_performer uuid, p_paused boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_locked record := queue_app_lock(p_performer);
  v_told jsonb;
BEGIN
  IF v_locked.state IS NULL THEN
    RETURN jsonb_build_object('refusal', 'PERFORMER_NOT_FOUND');
  END IF;
  IF (v_locked.queue).intake_paused <> p_paused THEN
    UPDATE queue_app_performerqueue SET intake_paused = p_paused, version = version + 1
     WHERE performer_id = p_performer;
  END IF;
  v_told := queue_app_snapshot(p_performer);
  RETURN jsonb_build_object('queue', v_told, 'taken', queue_app_take(p_performer),
    'changed', (v_locked.queue).intake_paused <> p_paused);
END
$$;
