-- grant: app
-- What the first p_limit performers behind a ticket of the line are told of their queues, in the line's order: a place
-- before them was given up (NULL: none was). Those further back learn it from their poll.
CREATE OR REPLACE FUNCTION queue_app_behind(p_ticket bigint, p_limit integer DEFAULT 25) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN COALESCE((
    SELECT jsonb_agg(
        queue_app_told(b.performer_id, q.version, q.depth, b.place, h.id, h.viewer_id, h.source_feature, h.tokens, NULL)
        ORDER BY b.place)
      FROM (
        SELECT s.performer_id, row_number() OVER (ORDER BY s.line_ticket)
               + (SELECT count(*) FROM modelstate_modelstate o WHERE o.line_ticket <= p_ticket) AS place
          FROM modelstate_modelstate s WHERE s.line_ticket > p_ticket
         ORDER BY s.line_ticket LIMIT p_limit
      ) b
      LEFT JOIN queue_app_performerqueue q USING (performer_id)
      LEFT JOIN LATERAL (
        SELECT i.id, i.viewer_id, i.source_feature, i.tokens FROM queue_app_queueitem i
         WHERE i.performer_id = b.performer_id AND i.status = 'created' ORDER BY i.sequence LIMIT 1
      ) h ON true), '[]');
END
$$;
