-- grant: none
-- Work off what is due for one performer, unless somebody is at work on her: then the next sweep does. NULL: nothing was
-- done, also where all that is due is in somebody's hands. Answers {performer, done, steps, queue, notices}.
CREATE OR REPLACE FUNCTION queue_app_sweep_one(p_performer uuid, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_until timestamptz;
  v_work jsonb;
  v_done jsonb := '[]';
  v_steps jsonb := '[]';
  v_told jsonb;
BEGIN
  IF NOT modelstate_try_lock(p_performer) THEN
    RETURN NULL;
  END IF;
  IF NOT queue_app_try_lock(p_performer) THEN
    RETURN NULL;
  END IF;
  v_until := presence_until(p_performer);
  v_work := queue_app_sweep_running(p_performer, v_until);
  v_done := v_done || COALESCE(v_work -> 'done', '[]');
  v_steps := v_steps || COALESCE(v_work -> 'steps', '[]');
  v_work := queue_app_sweep_line(p_performer, v_until);
  v_done := v_done || COALESCE(v_work -> 'done', '[]');
  v_steps := v_steps || COALESCE(v_work -> 'steps', '[]');
  v_done := v_done || queue_app_sweep_waiting(p_performer, p_limit);
  IF v_steps = '[]' AND NOT EXISTS (SELECT FROM jsonb_array_elements(v_done) d WHERE d ->> 'what' <> 'busy') THEN
    RETURN NULL;
  END IF;
  UPDATE queue_app_performerqueue
     SET version = version + 1,
         depth = depth - (SELECT count(*) FROM jsonb_array_elements(v_done) d WHERE d ->> 'what' = 'closed')
   WHERE performer_id = p_performer;
  PERFORM queue_app_arm(p_performer);
  v_told := queue_app_snapshot(p_performer, true);
  RETURN jsonb_build_object(
    'performer', p_performer, 'done', v_done, 'steps', v_steps, 'queue', v_told,
    'notices', queue_app_tell_sweep(p_performer, v_done, v_told -> 'waiting'));
END
$$;
