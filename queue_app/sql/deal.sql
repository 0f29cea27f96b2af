-- grant: app
-- Give what waits for whoever is next to those in the line who may take it, oldest first. For the sweeper: whoever was
-- busy when an item came, or came back, is found here. It never waits: where somebody is at work on the pool the next
-- sweep deals. Answers the list of what queue_app_assign answered.
CREATE OR REPLACE FUNCTION queue_app_deal() RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_item record;
  v_performer uuid;
  v_taken jsonb := '[]';
BEGIN
  IF NOT EXISTS (SELECT FROM queue_app_queueitem WHERE performer_id IS NULL AND status = 'created')
     OR NOT queue_app_try_pool() THEN
    RETURN v_taken;
  END IF;
  FOR v_item IN
    SELECT id, viewer_id FROM queue_app_queueitem
     WHERE performer_id IS NULL AND status = 'created' ORDER BY created_at, id FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    v_performer := queue_app_next_performer(v_item.viewer_id);
    -- Where nobody can take this one, the next one finds somebody only if this viewer herself is in the line.
    EXIT WHEN v_performer IS NULL
      AND NOT EXISTS (SELECT FROM queue_app_free() f WHERE f.performer_id = v_item.viewer_id);
    IF v_performer IS NOT NULL THEN
      v_taken := v_taken || queue_app_assign(v_item.id, v_performer);
    END IF;
  END LOOP;
  RETURN v_taken;
END
$$;
