-- grant: app
-- Stop or allow what new things come to a performer's queue; what is in it stays. Whoever may take again gets what waits
-- for whoever is next. Each change is told to her, once. Answers {queue, taken} as queue_app_touch does, whether anything
-- has changed, and the notices.
CREATE OR REPLACE FUNCTION queue_app_pause_intake(p_performer uuid, p_paused boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_locked record := queue_app_lock(p_performer);
  v_changed boolean;
  v_told jsonb;
  v_taken jsonb;
BEGIN
  IF v_locked.state IS NULL THEN
    RETURN jsonb_build_object('refusal', 'PERFORMER_NOT_FOUND');
  END IF;
  v_changed := (v_locked.queue).intake_paused <> p_paused;
  IF v_changed THEN
    UPDATE queue_app_performerqueue SET intake_paused = p_paused, version = version + 1
     WHERE performer_id = p_performer;
  END IF;
  v_told := queue_app_snapshot(p_performer);
  v_taken := queue_app_take(p_performer);
  RETURN jsonb_build_object('queue', v_told, 'taken', v_taken, 'changed', v_changed, 'notices',
    CASE WHEN v_changed THEN jsonb_build_array(notices_put(
      p_performer, CASE WHEN p_paused THEN 'queue.intake.paused' ELSE 'queue.intake.resumed' END, '{}',
      'queue.intake:' || p_performer || ':' || (v_told ->> 'version'))) END);
END
$$;
