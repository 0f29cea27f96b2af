-- grant: app
-- The items that wait for whoever is next, oldest first. The wait is the durations ahead, 60 s where one is unknown.
CREATE OR REPLACE FUNCTION queue_app_pool()
RETURNS TABLE (item_id uuid, viewer_id uuid, place bigint, wait_seconds bigint)
LANGUAGE sql STABLE
AS $$
  SELECT i.id, i.viewer_id, row_number() OVER line,
         COALESCE(sum(COALESCE(i.duration_seconds, 60))
           OVER (line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint
    FROM queue_app_queueitem i
   WHERE i.performer_id IS NULL AND i.status = 'created'
  WINDOW line AS (ORDER BY i.created_at, i.id)
$$;
