-- grant: none
-- A performer who may be given one gets the oldest item that waits for whoever is next, never one that she asked for
-- herself. The caller holds her locks. Answers the list of what queue_app_assign answered: one, or none. An item that
-- somebody else is just taking is passed over. Asked at every join and end: planned once a connection.
CREATE OR REPLACE FUNCTION queue_app_take(p_performer uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
  v_item uuid;
BEGIN
  IF NOT EXISTS (SELECT FROM queue_app_free() f WHERE f.performer_id = p_performer) THEN
    RETURN '[]';
  END IF;
  PERFORM queue_app_lock_pool(false);
  SELECT id INTO v_item FROM queue_app_queueitem
   WHERE performer_id IS NULL AND status = 'created' AND viewer_id <> p_performer
   ORDER BY created_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
  IF v_item IS NULL THEN
    RETURN '[]';
  END IF;
  RETURN jsonb_build_array(queue_app_assign(v_item, p_performer));
END
$$;
