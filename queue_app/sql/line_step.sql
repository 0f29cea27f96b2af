-- grant: app
-- Into the line (join_queue) or out of it (leave_queue), once for the key, in one statement. Answers {"answer":
-- the JSON body, "step": what modelstate_act answered, "touched": what queue_app_touch did, "behind": what those behind a
-- freed place are told}, {"replay": …} or {"refusal": …}, as queue_app_step does.
CREATE OR REPLACE FUNCTION queue_app_line_step(
  p_performer uuid, p_actor uuid, p_key text, p_fingerprint bytea, p_event text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_step jsonb := core_claim_key(p_actor, p_key, p_fingerprint);
  v_touched jsonb;
  v_seen jsonb;
  v_answer jsonb;
BEGIN
  IF v_step IS NOT NULL THEN
    RETURN v_step;
  END IF;
  v_step := modelstate_act(p_performer, p_event, p_actor, 'model_action');
  IF v_step ? 'refusal' THEN
    PERFORM core_release_key(p_actor, p_key);
    RETURN v_step;
  END IF;
  v_touched := queue_app_touch(p_performer);
  v_seen := COALESCE(v_touched #> '{taken,0,queue}', v_touched -> 'queue');
  v_answer := jsonb_build_object(
    'newState', v_step -> 'state', 'queuePosition', v_seen -> 'position', 'estimatedWaitTime', v_seen -> 'estimatedWaitTime');
  PERFORM core_store_answer(p_actor, p_key, 200, v_answer);
  RETURN jsonb_build_object(
    'answer', v_answer, 'step', v_step, 'touched', v_touched,
    'behind', queue_app_behind((v_step ->> 'freedTicket')::bigint));
END
$$;
