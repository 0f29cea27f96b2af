-- grant: app
-- Take a paid item in: at the end of the performer's queue, or, where her mode is OFF, straight through: started,
-- finished and settled in this same step, outside the depth. The same intake again gets the first item; another intake
-- under the same event is refused. Without a performer it waits for whoever is next, and is given to her at once where
-- somebody in the line may take it. Answers {item, queue, wallet, notices, taken}: the item as it goes on the wire, what
-- her devices are told, after passing through the settlement, who was told of it, and what was given to whom.
CREATE OR REPLACE FUNCTION queue_app_enqueue(
  p_actor uuid, p_key text, p_feature text, p_event_id text, p_performer uuid, p_viewer uuid, p_hold uuid,
  p_tokens bigint, p_title text, p_description text, p_duration integer, p_metadata jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_locked record := queue_app_lock(p_performer);
  v_item queue_app_queueitem;
  v_answer jsonb;
  v_told jsonb;
  v_taken jsonb := '[]';
  v_waits boolean := p_performer IS NULL OR (v_locked.queue).mode = 'ON';
  v_now timestamptz := clock_timestamp();
BEGIN
  v_answer := queue_app_seen(p_key, p_feature, p_event_id, p_performer, p_viewer, p_hold, p_tokens);
  IF v_answer IS NULL THEN
    v_answer := CASE
      WHEN p_performer IS NULL THEN queue_app_admit_next(p_viewer) ELSE queue_app_admit(p_performer) END;
    v_answer := COALESCE(v_answer, queue_app_adopt(p_hold, p_viewer, p_performer, p_tokens));
  END IF;
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  INSERT INTO queue_app_queueitem (
    id, performer_id, viewer_id, hold_id, idempotency_key, source_feature, source_event_id, tokens, title, description,
    duration_seconds, metadata, sequence, next_available, status, version, settled_tokens, refunded_tokens,
    refund_reason, created_at)
  VALUES (
    core_uuid7(), p_performer, p_viewer, p_hold, p_key, p_feature, p_event_id, p_tokens, p_title, p_description,
    p_duration, p_metadata, CASE WHEN v_waits THEN (v_locked.queue).next_sequence END, p_performer IS NULL,
    'created', 1, 0, 0, '', v_now)
  RETURNING * INTO v_item;
  INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, actor_id, reason, at)
  VALUES (v_item.id, 1, 'enqueue', '', 'created', p_actor, '', v_now);
  UPDATE queue_app_performerqueue
     SET next_sequence = next_sequence + v_waits::int, depth = depth + v_waits::int, version = version + 1
   WHERE performer_id = p_performer;
  PERFORM queue_app_arm(p_performer);
  IF NOT v_waits THEN
    RETURN queue_app_pass_through(p_actor, v_item);
  ELSIF p_performer IS NULL THEN
    v_taken := queue_app_deal();
    SELECT * INTO v_item FROM queue_app_queueitem WHERE id = v_item.id;
  END IF;
  v_answer := queue_app_wire(v_item);
  v_told := CASE WHEN p_performer IS NULL THEN '[]' ELSE queue_app_tell(p_actor, v_item, 'created') END;
  v_told := v_told || jsonb_build_array(notices_put(
    p_viewer, 'wallet.escrow.held', jsonb_build_object('itemId', v_item.id, 'title', p_title, 'tokens', p_tokens),
    'queue.item:' || v_item.id || ':held'));
  IF p_performer IS NULL THEN
    RETURN jsonb_build_object('item', v_answer, 'taken', v_taken, 'notices', v_told);
  ELSIF v_answer -> 'position' = '3' THEN
    v_told := v_told || queue_app_tell_line(jsonb_build_array(jsonb_build_object(
      'itemId', v_item.id, 'viewerId', p_viewer, 'position', 3, 'waitSeconds', v_answer -> 'estimatedWaitSeconds')));
  END IF;
  RETURN jsonb_build_object('item', v_answer, 'queue', queue_app_snapshot(p_performer), 'notices', v_told);
END
$$;
