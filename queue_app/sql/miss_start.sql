-- grant: none
-- She did not start the head of her queue in time: its viewer gets his tokens back, but what was for whoever is next goes
-- to the next performer, or back to wait while there is room for it (fifty). Her locks are held; it never waits for the pool's. Answers {what: closed | handed_on | busy |
-- failed, …}.
CREATE OR REPLACE FUNCTION queue_app_miss_start(p_item uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF NOT (SELECT next_available FROM queue_app_queueitem WHERE id = p_item) THEN
    RETURN queue_app_give_back(p_item, 'abandon', 'timeout');
  ELSIF NOT queue_app_try_pool() THEN
    RETURN jsonb_build_object('what', 'busy', 'itemId', p_item);
  ELSIF (SELECT count(*) FROM queue_app_pool()) >= 50 THEN
    RETURN queue_app_give_back(p_item, 'abandon', 'timeout');  -- nobody is free, or they would wait no longer
  END IF;
  RETURN jsonb_build_object('what', 'handed_on') || queue_app_hand_on(NULL, p_item, 'start_deadline');
END
$$;
