-- grant: none
-- Give back what has waited too long for a performer, the oldest first, at most p_limit of them; her locks are held:
-- beyond its lifetime, beyond the time that places are kept for who is OFFLINE, and where an item needs its viewer and
-- he has left. What went wrong a moment ago takes nobody's place in p_limit. Answers what was done with each.
CREATE OR REPLACE FUNCTION queue_app_sweep_waiting(p_performer uuid, p_limit integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_kept boolean := (
    SELECT s.state <> 'OFFLINE' OR s.last_change + queue_app_limit('keep_place') > v_now
      FROM modelstate_modelstate s WHERE s.performer_id = p_performer);
  v_late record;
  v_done jsonb := '[]';
BEGIN
  FOR v_late IN
    SELECT id, CASE WHEN deadline_at <= v_now THEN 'timeout' WHEN NOT v_kept THEN 'performer_disconnected'
                    ELSE 'user_cancelled' END AS reason
      FROM queue_app_queueitem i
     WHERE performer_id = p_performer AND status = 'created' AND sequence IS NOT NULL
       AND (retry_at IS NULL OR retry_at <= v_now)
       AND (deadline_at <= v_now OR NOT v_kept OR (metadata @> '{"presenceRequired": true}' AND
            GREATEST(presence_until(viewer_id), created_at) + queue_app_limit('viewer_absence') <= v_now))
     ORDER BY sequence LIMIT p_limit
  LOOP
    v_done := v_done || queue_app_give_back(v_late.id, 'refund', v_late.reason);
  END LOOP;
  RETURN v_done;
END
$$;
