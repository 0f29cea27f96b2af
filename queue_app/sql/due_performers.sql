-- grant: app
-- Whose time is over in any way, by the database's clock. Each read begins with what may be due (running items, performers
-- who are not OFFLINE, leases that live) and looks up the few leases that it needs: most leases are of people for whom
-- nothing ever falls due.
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
  SELECT i.performer_id FROM queue_app_queueitem i
   WHERE i.deadline_at <= v_now AND i.performer_id IS NOT NULL AND (i.retry_at IS NULL OR i.retry_at <= v_now)
  UNION
  SELECT q.performer_id FROM queue_app_performerqueue q WHERE q.start_by <= v_now
  UNION
  SELECT i.performer_id FROM queue_app_queueitem i CROSS JOIN LATERAL (
      SELECT max(LEAST(l.expires_at, s.ended_at)) AS until
        FROM presence_lease l JOIN accounts_signin s ON s.id = l.sign_in_id WHERE l.owner_id = i.performer_id) lease
   WHERE i.status = 'started' AND CASE WHEN i.paused_at IS NULL THEN GREATEST(lease.until, i.started_at) <= v_rope
                                       ELSE lease.until > v_now END
  UNION
  SELECT m.performer_id FROM modelstate_modelstate m CROSS JOIN LATERAL (
      SELECT max(LEAST(l.expires_at, s.ended_at)) AS until
        FROM presence_lease l JOIN accounts_signin s ON s.id = l.sign_in_id WHERE l.owner_id = m.performer_id) lease
   WHERE m.state IN ('IDLE', 'STREAMING', 'IN_QUEUE', 'STREAM_IN_QUEUE')
     AND GREATEST(lease.until, m.last_change) <= v_absent
  UNION
  SELECT m.performer_id FROM presence_lease l
    JOIN accounts_signin s ON s.id = l.sign_in_id JOIN modelstate_modelstate m ON m.performer_id = l.owner_id
   WHERE m.state = 'OFFLINE' AND l.expires_at > v_now AND (s.ended_at IS NULL OR s.ended_at > v_now)
  UNION
  SELECT q.performer_id FROM queue_app_performerqueue q JOIN modelstate_modelstate s USING (performer_id)
   WHERE q.depth > 0 AND s.state = 'OFFLINE' AND s.last_change <= v_kept
  UNION
  SELECT i.performer_id FROM queue_app_queueitem i CROSS JOIN LATERAL (
      SELECT max(LEAST(l.expires_at, s.ended_at)) AS until
        FROM presence_lease l JOIN accounts_signin s ON s.id = l.sign_in_id WHERE l.owner_id = i.viewer_id) lease
   WHERE i.status = 'created' AND i.metadata @> '{"presenceRequired": true}' AND i.performer_id IS NOT NULL
     AND GREATEST(lease.until, i.created_at) <= v_viewer;
END
$$;
