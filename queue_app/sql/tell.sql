-- grant: none
-- Tell an item's performer and its viewer of a step, each once; who made the step himself is not told of it. Answers
-- a list of notices, with nulls for who was not told.
CREATE OR REPLACE FUNCTION queue_app_tell(p_actor uuid, p_item queue_app_queueitem, p_step text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_key text := 'queue.item.' || p_step;
  v_cause text := 'queue.item:' || p_item.id || ':' || p_step;
  v_facts jsonb := jsonb_build_object(
    'itemId', p_item.id, 'title', p_item.title, 'tokens', p_item.tokens, 'settled', p_item.settled_tokens,
    'refunded', p_item.refunded_tokens, 'reason', p_item.refund_reason, 'started', p_item.started_at IS NOT NULL);
BEGIN
  RETURN jsonb_build_array(
    CASE WHEN p_item.performer_id IS DISTINCT FROM p_actor AND p_item.performer_id IS NOT NULL THEN
      notices_put(p_item.performer_id, v_key, v_facts, v_cause) END,
    CASE WHEN p_item.viewer_id IS DISTINCT FROM p_actor THEN
      notices_put(p_item.viewer_id, v_key, v_facts, v_cause) END);
END
$$;
