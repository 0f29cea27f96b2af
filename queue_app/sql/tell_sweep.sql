-- grant: none
-- Tell people what a sweep did, each thing once: what ended, a viewer whose performance is on hold, a performer who must
-- start (again where she left the line and came back to the same one), and those who have moved up.
CREATE OR REPLACE FUNCTION queue_app_tell_sweep(p_performer uuid, p_done jsonb, p_waiting jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_thing jsonb;
  v_item queue_app_queueitem;
  v_pauses boolean;
  v_told jsonb := '[]';
BEGIN
  FOR v_thing IN SELECT * FROM jsonb_array_elements(p_done) LOOP
    v_told := v_told || COALESCE(v_thing -> 'notices', '[]');
    CONTINUE WHEN v_thing ->> 'what' NOT IN ('pause', 'start_warned');
    v_pauses := v_thing ->> 'what' = 'pause';
    SELECT * INTO v_item FROM queue_app_queueitem
     WHERE id = COALESCE(v_thing ->> 'itemId', v_thing -> 'item' ->> 'id')::uuid;
    v_told := v_told || jsonb_build_array(notices_put(
      CASE WHEN v_pauses THEN v_item.viewer_id ELSE p_performer END,
      CASE WHEN v_pauses THEN 'queue.item.paused' ELSE 'queue.item.start_due' END,
      jsonb_build_object('itemId', v_item.id, 'title', v_item.title, 'seconds', CASE
        WHEN v_pauses THEN GREATEST(0, ceil(extract(epoch FROM v_item.deadline_at - clock_timestamp())))::integer
        ELSE extract(epoch FROM queue_app_limit('start_warning'))::integer END),
      'queue.item:' || v_item.id || ':' || (v_thing ->> 'what') || ':' || CASE WHEN v_pauses THEN v_item.version ELSE (
        SELECT version FROM queue_app_performerqueue WHERE performer_id = p_performer) END));
  END LOOP;
  RETURN v_told || queue_app_tell_line(p_waiting);
END
$$;
