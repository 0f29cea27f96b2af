-- grant: none
-- What is due for a performer who runs nothing; her locks are held, p_until is when her last lease ends. She is warned
-- that the head of her queue must be started, then loses it and her place in the line; away for too long she is
-- OFFLINE; there again she is no longer. NULL: nothing. Answers {done, steps}.
CREATE OR REPLACE FUNCTION queue_app_sweep_line(p_performer uuid, p_until timestamptz) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_who modelstate_modelstate;
  v_queue queue_app_performerqueue;
  v_done jsonb := '[]';
  v_event text;
BEGIN
  SELECT * INTO v_who FROM modelstate_modelstate WHERE performer_id = p_performer;
  SELECT * INTO v_queue FROM queue_app_performerqueue WHERE performer_id = p_performer;
  IF v_who.state IN ('PERFORMING', 'STREAM_PERFORMING') THEN
    RETURN NULL;
  ELSIF v_who.state = 'OFFLINE' THEN
    v_event := CASE WHEN p_until > v_now THEN 'login' END;
  ELSIF GREATEST(p_until, v_who.last_change) + queue_app_limit('absence') <= v_now THEN
    v_event := 'disconnect_timeout';
  ELSIF v_queue.start_by <= v_now AND NOT v_queue.start_warned THEN
    UPDATE queue_app_performerqueue
       SET start_warned = true, start_by = v_now + queue_app_limit('start_warning') WHERE performer_id = p_performer;
    v_done := jsonb_build_array(jsonb_build_object('what', 'start_warned', 'itemId', v_queue.start_item_id));
  ELSIF v_queue.start_by <= v_now AND NOT EXISTS (
    SELECT FROM queue_app_queueitem WHERE id = v_queue.start_item_id AND retry_at > v_now)
  THEN
    v_done := jsonb_build_array(queue_app_miss_start(v_queue.start_item_id));
    v_event := CASE WHEN v_done -> 0 ->> 'what' IN ('closed', 'handed_on') THEN 'leave_queue' END;
  END IF;
  IF v_event IS NULL AND v_done = '[]' THEN
    RETURN NULL;
  END IF;
  RETURN jsonb_build_object('done', v_done, 'steps', CASE WHEN v_event IS NULL THEN '[]' ELSE jsonb_build_array(
    modelstate_apply(p_performer, v_event, NULL, CASE v_event
      WHEN 'login' THEN 'present' WHEN 'leave_queue' THEN 'start_deadline' ELSE v_event END)) END);
END
$$;
