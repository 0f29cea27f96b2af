-- grant: app
-- Approve a payout at a rate, once for the key. Above the limit the first approval only endorses it and fixes the rate:
-- another member of the staff must approve it too. p_default_rate is taken where no rate is given.
CREATE OR REPLACE FUNCTION payouts_approve(
  p_actor uuid, p_key text, p_payout uuid, p_rate numeric, p_default_rate numeric, p_currency text, p_reason text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_operation uuid := core_uuid7();
  v_locked record;
  v_payout payouts_payout;
  v_event text;
  v_answer jsonb := wallet_claim_operation(
    v_operation, p_actor, 'approve_payout', p_key, jsonb_build_array(p_payout, p_rate, p_reason));
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_locked := payouts_lock(p_payout, 'approve');
  v_payout := v_locked.payout;
  IF v_locked.refusal ->> 'refusal' = 'NOT_FOUND' THEN
    RETURN wallet_forget(v_operation, v_locked.refusal);
  ELSIF v_locked.refusal IS NOT NULL THEN
    RETURN wallet_remember(v_operation, v_locked.refusal);
  ELSIF p_actor IN (v_payout.performer_id, v_payout.requested_by_id, v_payout.first_approver_id) THEN
    RETURN wallet_remember(v_operation, jsonb_build_object('refusal', 'CANNOT_APPROVE_PAYOUT'));
  ELSIF p_rate <> v_payout.rate THEN
    RETURN wallet_remember(v_operation, jsonb_build_object('refusal', 'CANNOT_CHANGE_RATE', 'rate', v_payout.rate::text));
  END IF;
  v_event := CASE WHEN v_payout.approvals_needed = 2 AND v_payout.first_approver_id IS NULL THEN 'endorse'
                  ELSE 'approve' END;
  PERFORM payouts_note_step(v_payout, v_event, p_actor, p_reason);
  UPDATE payouts_payout
     SET version = version + 1, status = CASE v_event WHEN 'approve' THEN 'approved' ELSE status END,
         rate = COALESCE(rate, p_rate, p_default_rate), worth = tokens * COALESCE(rate, p_rate, p_default_rate),
         currency = CASE currency WHEN '' THEN p_currency ELSE currency END,
         first_approver_id = COALESCE(first_approver_id, p_actor),
         second_approver_id = CASE WHEN first_approver_id IS NOT NULL THEN p_actor END,
         approved_at = CASE v_event WHEN 'approve' THEN clock_timestamp() END
   WHERE id = p_payout RETURNING * INTO v_payout;
  RETURN wallet_remember(v_operation, payouts_wire(v_payout)) || payouts_tell(v_payout);
END
$$;
