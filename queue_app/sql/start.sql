-- grant: app
-- Start the head of the queue: the item runs and its performer performs, in one transaction.
CREATE OR REPLACE FUNCTION queue_app_start(p_actor uuid, p_owner uuid, p_item uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_locked record := queue_app_lock_item(p_owner, 'performer', p_item, 'start');
  v_item queue_app_queueitem := v_locked.item;
  v_now timestamptz := clock_timestamp();
  v_step jsonb := v_locked.refusal;
  v_queue jsonb;
  v_hold jsonb;
BEGIN
  IF v_step IS NOT NULL THEN
    RETURN v_step;
  END IF;
  IF v_item.performer_id IS NULL THEN
    RETURN jsonb_build_object('refusal', 'CANNOT_START_UNASSIGNED');
  ELSIF EXISTS (SELECT FROM queue_app_queueitem WHERE performer_id = v_item.performer_id AND status = 'started') THEN
    RETURN jsonb_build_object('refusal', 'ALREADY_PROCESSING');
  ELSIF EXISTS (
    SELECT FROM queue_app_queueitem
     WHERE performer_id = v_item.performer_id AND status = 'created' AND sequence < v_item.sequence
  ) THEN
    RETURN jsonb_build_object('refusal', 'CANNOT_START_OUT_OF_ORDER');
  END IF;
  v_step := modelstate_apply(v_item.performer_id, 'performance_started', p_actor, 'performance_started');
  IF v_step ? 'refusal' THEN
    RETURN v_step;
  END IF;
  IF v_item.next_available THEN
    -- Until now the tokens were held for nobody in particular; from now on they can only be hers.
    v_hold := wallet_assign_hold(v_item.hold_id, v_item.performer_id);
    IF v_hold ? 'refusal' THEN
      RAISE EXCEPTION 'item % waits, but its hold is %', p_item, v_hold ->> 'refusal';
    END IF;
  END IF;
  INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, actor_id, reason, at)
  VALUES (p_item, v_item.version + 1, 'start', 'created', 'started', p_actor, '', v_now);
  UPDATE queue_app_queueitem SET status = 'started', version = version + 1, started_at = v_now
   WHERE id = p_item
  RETURNING * INTO v_item;
  UPDATE queue_app_performerqueue SET version = version + 1 WHERE performer_id = v_item.performer_id;
  PERFORM queue_app_arm(v_item.performer_id);
  v_queue := queue_app_snapshot(v_item.performer_id, true);
  RETURN jsonb_build_object(
    'item', queue_app_wire(v_item), 'settlement', NULL, 'steps', jsonb_build_array(v_step), 'queue', v_queue,
    'behind', queue_app_behind((v_step ->> 'freedTicket')::bigint),
    'notices', queue_app_tell(p_actor, v_item, 'started') || queue_app_tell_line(v_queue -> 'waiting'));
END
$$;
