-- grant: none
-- Every other step of a payout, once for the key. reject and fail give the tokens back to her earnings, pay takes them
-- out of the house's books; the money and the step move together. Nobody takes a step of the own payout: who could say
-- that it came back would be paid twice. Locks: key → payout → accounts.
CREATE OR REPLACE FUNCTION payouts_move(p_event text, p_actor uuid, p_key text, p_payout uuid, p_reason text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_operation uuid := core_uuid7();
  v_locked record;
  v_payout payouts_payout;
  v_money jsonb;
  v_answer jsonb := wallet_claim_operation(
    v_operation, p_actor, p_event || '_payout', p_key, jsonb_build_array(p_payout, p_reason));
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_locked := payouts_lock(p_payout, p_event);
  v_payout := v_locked.payout;
  IF v_locked.refusal ->> 'refusal' = 'NOT_FOUND' THEN
    RETURN wallet_forget(v_operation, v_locked.refusal);
  ELSIF v_locked.refusal IS NOT NULL THEN
    RETURN wallet_remember(v_operation, v_locked.refusal);
  ELSIF p_actor = v_payout.performer_id THEN
    RETURN wallet_remember(v_operation, jsonb_build_object(
      'refusal', 'CANNOT_APPROVE_PAYOUT', 'message', 'This payout is your own. Somebody else takes its steps.'));
  END IF;
  IF p_event <> 'send' THEN
    v_money := wallet_end_payout(
      p_actor, p_payout, v_payout.performer_id, v_payout.tokens, p_event = 'pay', 'payout_' || p_event);
    IF v_money ? 'refusal' THEN
      RAISE EXCEPTION 'a payout that is open was ended before: %', v_money ->> 'refusal';
    END IF;
  END IF;
  PERFORM payouts_note_step(v_payout, p_event, p_actor, p_reason);
  UPDATE payouts_payout
     SET version = version + 1, end_transfer_id = (v_money ->> 'transfer_id')::uuid,
         status = (SELECT to_status FROM payouts_transition WHERE event = p_event AND from_status = status),
         sent_at = CASE p_event WHEN 'send' THEN clock_timestamp() ELSE sent_at END,
         ended_at = CASE p_event WHEN 'send' THEN NULL ELSE clock_timestamp() END
   WHERE id = p_payout RETURNING * INTO v_payout;
  RETURN wallet_remember(v_operation, payouts_wire(v_payout)) || payouts_tell(v_payout);
END
$$;
