-- grant: app
-- One step of an item, once for its key, in one statement: start, finish (p_settled), abandon or refund (p_reason), cancel.
-- Answers what the step's own function does, with {"answer": the JSON body}; {"replay": …} for a used key; or
-- {"refusal": …}. A refusal gives the key back: the service decides which refusals are remembered under it.
CREATE OR REPLACE FUNCTION queue_app_step(
  p_actor uuid, p_key text, p_fingerprint bytea, p_step text, p_owner uuid, p_item uuid,
  p_settled bigint DEFAULT NULL, p_reason text DEFAULT '') RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_done jsonb := core_claim_key(p_actor, p_key, p_fingerprint);
  v_answer jsonb;
BEGIN
  IF v_done IS NOT NULL THEN
    RETURN v_done;
  END IF;
  BEGIN
    v_done := CASE p_step
      WHEN 'start' THEN queue_app_start(p_actor, p_owner, p_item)
      WHEN 'finish' THEN queue_app_finish(p_actor, p_owner, p_item, p_settled)
      WHEN 'abandon' THEN queue_app_abandon(p_actor, p_owner, p_item, p_reason)
      WHEN 'refund' THEN queue_app_refund(p_actor, p_owner, p_item, p_reason)
      WHEN 'cancel' THEN queue_app_cancel(p_actor, p_owner, p_item)
    END;
    IF v_done ? 'refusal' THEN
      -- Undone with it: a refusal that the wallet kept under the item's own key would answer every later try.
      RAISE EXCEPTION 'refused' USING ERRCODE = 'RF001';
    END IF;
  EXCEPTION WHEN SQLSTATE 'RF001' THEN
    PERFORM core_release_key(p_actor, p_key);
    RETURN v_done;
  END;
  v_answer := jsonb_build_object('item', v_done -> 'item', 'settlement', v_done -> 'settlement');
  PERFORM core_store_answer(p_actor, p_key, 200, v_answer);
  RETURN v_done || jsonb_build_object('answer', v_answer);
END
$$;
