-- grant: app
-- The active items of a performer in their order. The running one has place 0, waiting ones count from 1. The wait is
-- what is left of the running one plus the durations ahead; 60 s where a duration is unknown. PL/pgSQL keeps its plans.
CREATE OR REPLACE FUNCTION queue_app_places(p_performer uuid)
RETURNS TABLE (item_id uuid, viewer_id uuid, place bigint, wait_seconds bigint)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
  RETURN QUERY
  SELECT id, viewer, row_number() OVER line - max(running) OVER (),
         COALESCE(sum(rest) OVER (line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint
    FROM (
      SELECT i.id, i.viewer_id AS viewer, i.sequence, (i.status = 'started')::int AS running,
             CASE i.status WHEN 'created' THEN COALESCE(i.duration_seconds, 60) ELSE
               GREATEST(0, ceil(extract(epoch FROM i.ends_at - COALESCE(i.paused_at, clock_timestamp())))::int) END AS rest
        FROM queue_app_queueitem i
       WHERE i.performer_id = p_performer AND i.status IN ('created', 'started')
    ) active
  WINDOW line AS (ORDER BY running DESC, sequence);
END
$$;
