-- grant: app
-- What the performer's devices are told of her queue, with her own place in the line; and, where asked for, the places of
-- the waiting viewers. PL/pgSQL keeps its plans.
CREATE OR REPLACE FUNCTION queue_app_snapshot(p_performer uuid, p_with_waiting boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_queue queue_app_performerqueue;
  v_head queue_app_queueitem;
  v_position bigint := (modelstate_place(p_performer) ->> 'position')::bigint;
  v_waiting jsonb;
BEGIN
  SELECT * INTO v_queue FROM queue_app_performerqueue WHERE performer_id = p_performer;
  SELECT * INTO v_head FROM queue_app_queueitem
   WHERE performer_id = p_performer AND status = 'created' ORDER BY sequence LIMIT 1;
  IF p_with_waiting THEN
    SELECT COALESCE(jsonb_agg(jsonb_build_object(
        'itemId', p.item_id, 'viewerId', p.viewer_id, 'position', p.place, 'waitSeconds', p.wait_seconds)), '[]')
      INTO v_waiting FROM queue_app_places(p_performer) p WHERE p.place > 0;
  END IF;
  RETURN queue_app_told(
    p_performer, v_queue.version, v_queue.depth, v_position,
    v_head.id, v_head.viewer_id, v_head.source_feature, v_head.tokens, v_waiting);
END
$$;
