-- grant: app
-- Put a waiting item at the end of its performer's queue: it takes a new sequence, the others move up. Its price, its
-- hold and its lifetime stay; what is nobody's yet has no queue to go to the end of. Answers {item, queue, steps,
-- notices}; only staff are told of this function.
CREATE OR REPLACE FUNCTION queue_app_requeue(p_actor uuid, p_item uuid, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_locked record := queue_app_lock_item(NULL, 'performer', p_item, 'requeue');
  v_item queue_app_queueitem := v_locked.item;
  v_queue jsonb;
BEGIN
  IF v_locked.refusal IS NOT NULL THEN
    RETURN v_locked.refusal;
  ELSIF v_item.sequence IS NULL THEN
    RETURN jsonb_build_object('refusal', 'INVALID_STATE_TRANSITION', 'event', 'requeue', 'state', v_item.status);
  END IF;
  INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, actor_id, reason, at)
  VALUES (p_item, v_item.version + 1, 'requeue', v_item.status, v_item.status, p_actor, left(p_reason, 200),
          clock_timestamp());
  UPDATE queue_app_queueitem SET sequence = (v_locked.queue).next_sequence, version = version + 1
   WHERE id = p_item RETURNING * INTO v_item;
  UPDATE queue_app_performerqueue SET next_sequence = next_sequence + 1, version = version + 1
   WHERE performer_id = v_item.performer_id;
  PERFORM queue_app_arm(v_item.performer_id);
  v_queue := queue_app_snapshot(v_item.performer_id, true);
  RETURN jsonb_build_object('item', queue_app_wire(v_item), 'queue', v_queue, 'steps', '[]'::jsonb,
    'notices', queue_app_tell_line(v_queue -> 'waiting'));
END
$$;
