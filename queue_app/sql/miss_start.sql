-- grant: none
-- She did not start the head of her queue in time: its viewer gets his tokens back, but what was for whoever is next goes
-- to the next performer, or back to wait while there is room for it (fifty). She is told that this costs her the place in
-- the line, each time. Her locks are held; it never waits for the pool's. Answers {what: closed | handed_on | busy |
-- failed, …}.
CREATE OR REPLACE FUNCTION queue_app_miss_start(p_item uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_item queue_app_queueitem;
  v_done jsonb;
BEGIN
  SELECT * INTO v_item FROM queue_app_queueitem WHERE id = p_item;
  IF NOT v_item.next_available THEN
    v_done := queue_app_give_back(p_item, 'abandon', 'timeout');
  ELSIF NOT queue_app_try_pool() THEN
    v_done := jsonb_build_object('what', 'busy', 'itemId', p_item);
  ELSIF (SELECT count(*) FROM queue_app_pool()) >= 50 THEN
    v_done := queue_app_give_back(p_item, 'abandon', 'timeout');  -- nobody is free, or they would wait no longer
  ELSE
    v_done := jsonb_build_object('what', 'handed_on') || queue_app_hand_on(NULL, p_item, 'start_deadline');
  END IF;
  IF v_done ->> 'what' NOT IN ('closed', 'handed_on') THEN
    RETURN v_done;
  END IF;
  RETURN v_done || jsonb_build_object('notices', COALESCE(v_done -> 'notices', '[]') || jsonb_build_array(notices_put(
    v_item.performer_id, 'queue.line.left', jsonb_build_object('itemId', p_item, 'title', v_item.title),
    'queue.item:' || p_item || ':missed:' || v_item.version)));
END
$$;
