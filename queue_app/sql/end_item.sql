-- grant: none
-- Write the end of an item and its history. An abandoned one is refunded in the same breath: two steps.
CREATE OR REPLACE FUNCTION queue_app_end_item(
  p_actor uuid, p_item queue_app_queueitem, p_event text, p_reason text, p_money jsonb) RETURNS queue_app_queueitem
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_item queue_app_queueitem := p_item;
BEGIN
  IF p_event = 'abandon' THEN
    INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, actor_id, reason, at)
    VALUES (v_item.id, v_item.version + 1, 'abandon', v_item.status, 'abandoned', p_actor, p_reason, v_now);
    UPDATE queue_app_queueitem SET status = 'abandoned', version = version + 1, abandoned_at = v_now
     WHERE id = v_item.id RETURNING * INTO v_item;
  END IF;
  INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, actor_id, reason, at)
  SELECT v_item.id, v_item.version + 1, event, from_status, to_status, p_actor, p_reason, v_now
    FROM queue_app_transition
   WHERE event = CASE p_event WHEN 'abandon' THEN 'refund' ELSE p_event END AND from_status = v_item.status;
  IF p_event = 'finish' THEN
    UPDATE queue_app_queueitem
       SET status = 'finished', version = version + 1, finished_at = v_now,
           settled_tokens = (p_money ->> 'settled')::bigint, refunded_tokens = (p_money ->> 'refunded')::bigint,
           settlement_transfer_id = (p_money ->> 'transfer_id')::uuid,
           refund_reason = CASE (p_money ->> 'refunded')::bigint WHEN 0 THEN '' ELSE 'partial_performance' END
     WHERE id = v_item.id RETURNING * INTO v_item;
  ELSE
    UPDATE queue_app_queueitem
       SET status = 'refunded', version = version + 1, refunded_at = v_now, refund_reason = p_reason,
           refunded_tokens = tokens
     WHERE id = v_item.id RETURNING * INTO v_item;
  END IF;
  RETURN v_item;
END
$$;
