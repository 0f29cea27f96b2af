-- grant: app
-- Her state and, while she is in the line of waiting performers, her place in it (from 1). PL/pgSQL keeps its plans.
CREATE OR REPLACE FUNCTION modelstate_place(p_performer uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_row modelstate_modelstate;
  v_place bigint;
BEGIN
  SELECT * INTO v_row FROM modelstate_modelstate WHERE performer_id = p_performer;
  IF NOT FOUND THEN
    RETURN NULL;
  ELSIF v_row.line_ticket IS NOT NULL THEN
    SELECT count(*) INTO v_place FROM modelstate_modelstate WHERE line_ticket <= v_row.line_ticket;
  END IF;
  RETURN jsonb_build_object('state', v_row.state, 'version', v_row.version, 'position', v_place);
END
$$;
