-- grant: app
-- The active items of a performer in their order. The running one has place 0, waiting ones count from 1. The wait is
-- what is left of the running one plus the durations ahead; 60 s where a duration is unknown.
CREATE OR REPLACE FUNCTION queue_app_places(p_performer uuid)
RETURNS TABLE (item_id uuid, viewer_id uuid, place bigint, wait_seconds bigint)
LANGUAGE sql STABLE
AS $$
  SELECT id, viewer, row_number() OVER line - max(running) OVER (),
         COALESCE(sum(rest) OVER (line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint
    FROM (
      SELECT i.id, i.viewer_id AS viewer, i.sequence, (i.status = 'started')::int AS running,
             GREATEST(0, COALESCE(i.duration_seconds, 60)
               - COALESCE(floor(extract(epoch FROM clock_timestamp() - i.started_at))::int, 0)) AS rest
        FROM queue_app_queueitem i
       WHERE i.performer_id = p_performer AND i.status IN ('created', 'started')
    ) active
  WINDOW line AS (ORDER BY running DESC, sequence)
$$;
