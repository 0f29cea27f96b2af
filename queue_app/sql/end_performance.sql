-- grant: none
-- The performer stops performing; by her own preference she takes a new place in the line at once. Answers the steps.
CREATE OR REPLACE FUNCTION queue_app_end_performance(
  p_actor uuid, p_performer uuid, p_event text, p_rejoin boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_steps jsonb := jsonb_build_array(modelstate_apply(p_performer, 'performance_ended', p_actor, p_event));
BEGIN
  IF p_rejoin THEN
    v_steps := v_steps || modelstate_apply(p_performer, 'join_queue', p_actor, 'auto_rejoin');
  END IF;
  IF jsonb_path_exists(v_steps, '$[*].refusal') THEN
    RAISE EXCEPTION 'performer % had a running item but was not performing', p_performer;
  END IF;
  RETURN v_steps;
END
$$;
