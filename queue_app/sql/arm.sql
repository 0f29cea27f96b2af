-- grant: none
-- By when she must start follows from whether she is in the line and which item stands first: a new head has the whole
-- time, the same one what is left of it. What passes through never stands there. Called at the end of everything that
-- may change either; her locks are held.
CREATE OR REPLACE FUNCTION queue_app_arm(p_performer uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_head uuid;
BEGIN
  SELECT i.id INTO v_head
    FROM modelstate_modelstate s JOIN queue_app_queueitem i USING (performer_id)
   WHERE s.performer_id = p_performer AND s.state IN ('IN_QUEUE', 'STREAM_IN_QUEUE') AND i.status = 'created'
     AND i.sequence IS NOT NULL
   ORDER BY i.sequence LIMIT 1;
  UPDATE queue_app_performerqueue
     SET start_item_id = v_head, start_warned = false,
         start_by = CASE WHEN v_head IS NOT NULL THEN clock_timestamp() + queue_app_limit('start') END
   WHERE performer_id = p_performer AND start_item_id IS DISTINCT FROM v_head;
END
$$;
