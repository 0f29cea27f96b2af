-- grant: app
-- Her place in the line of waiting performers: her state and, while she is in the line, her rank (from 1).
CREATE OR REPLACE FUNCTION modelstate_place(p_performer uuid) RETURNS jsonb
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
  SELECT jsonb_build_object(
    'state', s.state,
    'version', s.version,
    'position', CASE WHEN s.line_ticket IS NOT NULL THEN
      (SELECT count(*) FROM modelstate_modelstate o WHERE o.line_ticket <= s.line_ticket) END)
    FROM modelstate_modelstate s
   WHERE s.performer_id = p_performer
$$;
