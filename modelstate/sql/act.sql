-- grant: app
-- An event a person may fire herself. The two events of a performance belong to the queue's own functions.
CREATE OR REPLACE FUNCTION modelstate_act(p_performer uuid, p_event text, p_actor uuid, p_reason text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF p_event IN ('performance_started', 'performance_ended') THEN
    RETURN jsonb_build_object(
      'refusal', 'INVALID_STATE_TRANSITION', 'event', p_event, 'state', modelstate_lock(p_performer));
  END IF;
  RETURN modelstate_apply(p_performer, p_event, p_actor, p_reason);
END
$$;
