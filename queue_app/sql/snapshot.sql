-- grant: app
-- What the performer's devices are told of her queue (model.queue.updated), with her own place in the line; and, where
-- asked for, the places of the waiting viewers. Her own wait is 0 where somebody waits for her, else 60 s for each
-- performer ahead.
CREATE OR REPLACE FUNCTION queue_app_snapshot(p_performer uuid, p_with_waiting boolean DEFAULT false) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT jsonb_build_object(
    'performer', p_performer,
    'version', COALESCE(q.version, 0),
    'depth', COALESCE(q.depth, 0),
    'inQueue', line.position IS NOT NULL,
    'position', line.position,
    'estimatedWaitTime', CASE
      WHEN line.position IS NULL THEN NULL
      WHEN head.next IS NOT NULL THEN 0
      ELSE (line.position - 1) * 60 END,
    'nextPerformance', head.next,
    'waiting', CASE WHEN p_with_waiting THEN (
      SELECT COALESCE(jsonb_agg(jsonb_build_object(
        'itemId', p.item_id, 'viewerId', p.viewer_id, 'position', p.place, 'waitSeconds', p.wait_seconds)
        ORDER BY p.place), '[]')
        FROM queue_app_places(p_performer) p WHERE p.place > 0) END)
    FROM (SELECT (modelstate_place(p_performer) ->> 'position')::bigint AS position) line
    LEFT JOIN queue_app_performerqueue q ON q.performer_id = p_performer
    LEFT JOIN LATERAL (
      SELECT jsonb_build_object('id', i.id, 'user', i.viewer_id, 'type', i.source_feature, 'tokens', i.tokens) AS next
        FROM queue_app_queueitem i
       WHERE i.performer_id = p_performer AND i.status = 'created'
       ORDER BY i.sequence LIMIT 1
    ) head ON true
$$;
