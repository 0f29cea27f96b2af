-- grant: none
-- All locks of a change to an item, in the house's order: state, queue, item. p_owner is whose it must be, her the
-- performer's or (p_side = 'viewer') the viewer's; NULL: anybody's. The refusal is NULL where the event is legal now.
CREATE OR REPLACE FUNCTION queue_app_lock_item(
  p_owner uuid, p_side text, p_item uuid, p_event text,
  OUT queue queue_app_performerqueue, OUT item queue_app_queueitem, OUT refusal jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_performer uuid;
  v_moves boolean;
  v_locked record;
BEGIN
  LOOP
    SELECT performer_id, next_available INTO v_performer, v_moves FROM queue_app_queueitem
     WHERE id = p_item AND (p_owner IS NULL OR p_owner = CASE p_side WHEN 'viewer' THEN viewer_id ELSE performer_id END);
    IF NOT FOUND THEN
      refusal := jsonb_build_object('refusal', 'NOT_FOUND');
      RETURN;
    ELSIF v_moves THEN
      v_locked := queue_app_lock_moving(p_item, v_performer);
      queue := v_locked.queue;
      item := v_locked.item;
    ELSE
      queue := (queue_app_lock(v_performer)).queue;
      SELECT * INTO item FROM queue_app_queueitem WHERE id = p_item FOR NO KEY UPDATE;
    END IF;
    EXIT WHEN item.id IS NOT NULL;
  END LOOP;
  IF NOT EXISTS (
    SELECT FROM queue_app_transition
     WHERE event = p_event AND from_status = item.status AND to_status IS NOT NULL
  ) THEN
    refusal := jsonb_build_object('refusal', 'INVALID_STATE_TRANSITION', 'event', p_event, 'state', item.status);
  END IF;
END
$$;
