-- grant: none
-- Has this event of this feature come before? NULL: no. The same intake gets its item again, another one is refused.
CREATE OR REPLACE FUNCTION queue_app_seen(
  p_key text, p_feature text, p_event_id text, p_performer uuid, p_viewer uuid, p_hold uuid, p_tokens bigint)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_item queue_app_queueitem;
BEGIN
  SELECT * INTO v_item FROM queue_app_queueitem WHERE source_feature = p_feature AND source_event_id = p_event_id;
  IF NOT FOUND THEN
    RETURN NULL;
  ELSIF (v_item.idempotency_key, CASE WHEN NOT v_item.next_available THEN v_item.performer_id END, v_item.viewer_id,
         v_item.hold_id, v_item.tokens)
      IS DISTINCT FROM (p_key, p_performer, p_viewer, p_hold, p_tokens) THEN
    RETURN jsonb_build_object('refusal', 'DUPLICATE_IDEMPOTENCY_KEY');
  END IF;
  RETURN jsonb_build_object('item', queue_app_wire(v_item), 'replayed', true);
END
$$;
