-- grant: none
-- A step of an item that runs on: paused (its timer stands still, and she has so long to come back), resumed (with the
-- time that was left) or warned (its booked time is over). Expects the locked item; for a pause, with `paused_at` set to
-- the moment since when, which may be past. The history says when the step was written.
CREATE OR REPLACE FUNCTION queue_app_mark(p_item queue_app_queueitem, p_event text) RETURNS queue_app_queueitem
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_item queue_app_queueitem := p_item;
  v_due record;
BEGIN
  INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, actor_id, reason, at)
  VALUES (v_item.id, v_item.version + 1, p_event, 'started', 'started', NULL, '', v_now);
  IF p_event = 'pause' THEN
    UPDATE queue_app_queueitem
       SET version = version + 1, paused_at = v_item.paused_at,
           deadline_at = v_item.paused_at + queue_app_limit('return'), deadline_step = 'return'
     WHERE id = v_item.id RETURNING * INTO v_item;
  ELSE
    v_item.ends_at := v_item.ends_at + COALESCE(v_now - v_item.paused_at, interval '0');
    v_due := queue_app_due(v_item.ends_at, COALESCE(v_item.duration_seconds, 60));
    UPDATE queue_app_queueitem
       SET version = version + 1, paused_at = NULL, ends_at = v_item.ends_at,
           deadline_at = v_due.at, deadline_step = v_due.step
     WHERE id = v_item.id RETURNING * INTO v_item;
  END IF;
  RETURN v_item;
END
$$;
