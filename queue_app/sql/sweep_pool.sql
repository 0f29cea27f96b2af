-- grant: app
-- Give back what has waited too long for whoever is next, the oldest first, at most p_limit of them; what went wrong a
-- moment ago is passed over. Answers {done, notices}.
CREATE OR REPLACE FUNCTION queue_app_sweep_pool(p_limit integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_item uuid;
  v_done jsonb := '[]';
BEGIN
  IF EXISTS (
    SELECT FROM queue_app_queueitem
     WHERE performer_id IS NULL AND status = 'created' AND deadline_at <= v_now
       AND (retry_at IS NULL OR retry_at <= v_now)) AND queue_app_try_pool()
  THEN
    FOR v_item IN
      SELECT id FROM queue_app_queueitem
       WHERE performer_id IS NULL AND status = 'created' AND deadline_at <= v_now
         AND (retry_at IS NULL OR retry_at <= v_now)
       ORDER BY created_at, id LIMIT p_limit FOR NO KEY UPDATE SKIP LOCKED
    LOOP
      v_done := v_done || queue_app_give_back(v_item, 'refund', 'timeout');
    END LOOP;
  END IF;
  RETURN jsonb_build_object('done', v_done, 'notices', (
    SELECT jsonb_agg(told) FROM jsonb_array_elements(v_done) d, jsonb_array_elements(d -> 'notices') told));
END
$$;
