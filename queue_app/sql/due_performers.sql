-- grant: app
-- Whose time is over in any way, by the database's clock: each of these reads follows an index of what may be due.
CREATE OR REPLACE FUNCTION queue_app_due_performers() RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_rope timestamptz := v_now - queue_app_limit('rope_drop');
  v_absent timestamptz := v_now - queue_app_limit('absence');
  v_kept timestamptz := v_now - queue_app_limit('keep_place');
  v_viewer timestamptz := v_now - queue_app_limit('viewer_absence');
BEGIN
  RETURN QUERY
  WITH lease AS (
    SELECT l.owner_id AS owner, max(LEAST(l.expires_at, s.ended_at)) AS until
      FROM presence_lease l JOIN accounts_signin s ON s.id = l.sign_in_id GROUP BY l.owner_id)
  SELECT i.performer_id FROM queue_app_queueitem i WHERE i.deadline_at <= v_now AND i.performer_id IS NOT NULL
  UNION
  SELECT q.performer_id FROM queue_app_performerqueue q WHERE q.start_by <= v_now
  UNION
  SELECT i.performer_id FROM queue_app_queueitem i LEFT JOIN lease l ON l.owner = i.performer_id
   WHERE i.status = 'started' AND CASE WHEN i.paused_at IS NULL THEN GREATEST(l.until, i.started_at) <= v_rope
                                       ELSE l.until > v_now END
  UNION
  SELECT s.performer_id FROM modelstate_modelstate s LEFT JOIN lease l ON l.owner = s.performer_id
   WHERE s.state IN ('IDLE', 'STREAMING', 'IN_QUEUE', 'STREAM_IN_QUEUE')
     AND GREATEST(l.until, s.last_change) <= v_absent
  UNION
  SELECT s.performer_id FROM lease l JOIN modelstate_modelstate s ON s.performer_id = l.owner
   WHERE s.state = 'OFFLINE' AND l.until > v_now
  UNION
  SELECT q.performer_id FROM queue_app_performerqueue q JOIN modelstate_modelstate s USING (performer_id)
   WHERE q.depth > 0 AND s.state = 'OFFLINE' AND s.last_change <= v_kept
  UNION
  SELECT i.performer_id FROM queue_app_queueitem i LEFT JOIN lease l ON l.owner = i.viewer_id
   WHERE i.status = 'created' AND i.metadata @> '{"presenceRequired": true}' AND i.performer_id IS NOT NULL
     AND GREATEST(l.until, i.created_at) <= v_viewer;
END
$$;
