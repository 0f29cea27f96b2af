-- grant: none
-- Fires one event: reads the cell of the transition table, appends the step to the history, moves the state.
-- Refuses (as a value, nothing written) with the cell's code. Only here a place in the line is given or taken.
CREATE OR REPLACE FUNCTION modelstate_apply(p_performer uuid, p_event text, p_actor uuid, p_reason text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_from text := modelstate_lock(p_performer);
  v_now timestamptz := clock_timestamp();
  v_cell modelstate_transition;
  v_version bigint;
  v_ticket bigint;
  v_freed bigint;
BEGIN
  IF v_from IS NULL THEN
    RETURN jsonb_build_object('refusal', 'NOT_FOUND');
  END IF;
  SELECT * INTO v_cell FROM modelstate_transition WHERE event = p_event AND from_state = v_from;
  IF v_cell.to_state IS NULL THEN
    RETURN jsonb_build_object(
      'refusal', coalesce(v_cell.refusal, 'INVALID_STATE_TRANSITION'), 'event', p_event, 'state', v_from);
  END IF;
  SELECT version + 1, line_ticket INTO v_version, v_ticket
    FROM modelstate_modelstate WHERE performer_id = p_performer;
  IF v_cell.to_state IN ('IN_QUEUE', 'STREAM_IN_QUEUE') THEN
    v_ticket := coalesce(v_ticket, nextval('modelstate_line_ticket'));
  ELSE
    v_freed := v_ticket;
    v_ticket := NULL;
  END IF;
  INSERT INTO modelstate_statechange (performer_id, version, event, from_state, to_state, actor_id, reason, at)
  VALUES (p_performer, v_version, p_event, v_from, v_cell.to_state, p_actor, p_reason, v_now);
  UPDATE modelstate_modelstate
     SET state = v_cell.to_state, version = v_version, last_change = v_now, line_ticket = v_ticket
   WHERE performer_id = p_performer;
  RETURN jsonb_build_object(
    'performer', p_performer, 'previous', v_from, 'state', v_cell.to_state, 'version', v_version,
    'at', v_now, 'reason', p_reason, 'event', p_event, 'freedTicket', v_freed);
END
$$;
