-- grant: none
-- What is due for the item that a performer runs; her locks are held, p_until is when her last lease ends. Of two things
-- that are due the earlier one is done, and a pause counts from its own time: a sweep that comes late takes nobody's time.
-- Who was back before her time to come back was over, and is there still, goes on. NULL: nothing. Answers {done, steps}.
CREATE OR REPLACE FUNCTION queue_app_sweep_running(p_performer uuid, p_until timestamptz) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_item queue_app_queueitem;
  v_event text;
  v_done jsonb;
  v_steps jsonb := '[]';
  v_gone boolean;
  v_dropped timestamptz;
BEGIN
  SELECT * INTO v_item FROM queue_app_queueitem
   WHERE performer_id = p_performer AND status = 'started' FOR NO KEY UPDATE SKIP LOCKED;
  v_gone := v_item.deadline_step = 'return';
  v_dropped := GREATEST(p_until, v_item.started_at) + queue_app_limit('rope_drop');
  v_event := CASE
    WHEN v_item.id IS NULL THEN NULL
    WHEN NOT v_gone AND v_dropped <= v_now AND v_dropped < v_item.deadline_at THEN 'pause'
    WHEN v_gone AND p_until > v_now AND (
      v_item.deadline_at > v_now OR presence_covers(p_performer, v_item.deadline_at)) THEN 'resume'
    WHEN v_item.deadline_at <= v_now AND v_item.deadline_step = 'duration' THEN 'warn'
    WHEN v_item.deadline_at <= v_now THEN CASE WHEN v_item.retry_at > v_now THEN NULL ELSE 'abandon' END END;
  IF v_event IS NULL THEN
    RETURN NULL;
  ELSIF v_event <> 'abandon' THEN
    IF v_event = 'pause' THEN
      v_item.paused_at := v_dropped;
    END IF;
    v_item := queue_app_mark(v_item, v_event);
    v_done := jsonb_build_object('what', v_event, 'item', queue_app_wire(v_item));
  ELSE
    v_done := queue_app_give_back(
      v_item.id, 'abandon', CASE WHEN v_gone THEN 'performer_disconnected' ELSE 'timeout' END);
    IF v_done ->> 'what' = 'closed' THEN
      v_steps := queue_app_end_performance(NULL, p_performer, 'abandon', false);
      IF v_gone THEN
        v_steps := v_steps || modelstate_apply(p_performer, 'disconnect_timeout', NULL, 'disconnect_timeout');
      END IF;
    END IF;
  END IF;
  RETURN jsonb_build_object('done', jsonb_build_array(v_done), 'steps', v_steps);
END
$$;
