-- grant: none
-- The one shape of what a performer's devices are told of her queue (model.queue.updated). Her own wait is 0 where
-- somebody waits for her, else 60 s for each performer ahead of her in the line.
CREATE OR REPLACE FUNCTION queue_app_told(
  p_performer uuid, p_version bigint, p_depth integer, p_position bigint,
  p_head uuid, p_viewer uuid, p_feature text, p_tokens bigint, p_waiting jsonb) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE
AS $$
BEGIN
  RETURN jsonb_build_object(
    'performer', p_performer,
    'version', COALESCE(p_version, 0),
    'depth', COALESCE(p_depth, 0),
    'inQueue', p_position IS NOT NULL,
    'position', p_position,
    'estimatedWaitTime', CASE WHEN p_head IS NULL THEN (p_position - 1) * 60 ELSE p_position * 0 END,
    'nextPerformance', CASE WHEN p_head IS NOT NULL THEN jsonb_build_object(
      'id', p_head, 'user', p_viewer, 'type', p_feature, 'tokens', p_tokens) END,
    'waiting', p_waiting);
END
$$;
