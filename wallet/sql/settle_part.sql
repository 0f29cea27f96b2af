-- grant: none
-- Settle or refund under a claimed operation: p_tokens NULL means the whole hold; a part leaves the rest to the other
-- side in the same call. Not found and out of range free the key, already processed is remembered.
CREATE OR REPLACE FUNCTION wallet_settle_part(
  p_operation uuid, p_hold uuid, p_tokens bigint, p_is_refund boolean, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_locked record := wallet_lock_hold(p_hold);
  v_amount bigint := (v_locked.hold).amount;
  v_part bigint := COALESCE(p_tokens, v_amount);
BEGIN
  IF v_locked.refusal ->> 'refusal' = 'ESCROW_NOT_FOUND' THEN
    RETURN wallet_forget(p_operation, v_locked.refusal);
  ELSIF v_locked.refusal IS NOT NULL THEN
    RETURN wallet_remember(p_operation, v_locked.refusal);
  ELSIF v_part NOT BETWEEN 1 AND v_amount THEN
    RETURN wallet_forget(p_operation, wallet_refuse('VALIDATION_ERROR', jsonb_build_object(
      'attr', 'tokens', 'reason', 'out_of_range', 'detail', format('Give 1 to %s tokens.', v_amount))));
  END IF;
  RETURN wallet_resolve_hold(
    p_operation, v_locked.hold, CASE WHEN p_is_refund THEN v_amount - v_part ELSE v_part END, p_reason, 'refunded');
END
$$;
