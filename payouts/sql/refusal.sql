-- grant: none
-- Why she may not have this payout now; NULL: she may. p_earned is what of her earnings may be paid; the caller holds
-- their lock.
CREATE OR REPLACE FUNCTION payouts_refusal(
  p_performer uuid, p_tokens bigint, p_minimum bigint, p_earned bigint, p_closed boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  IF p_closed THEN
    RETURN jsonb_build_object('refusal', 'ACCOUNT_CLOSED');
  ELSIF NOT EXISTS (SELECT FROM accounts_performer WHERE user_id = p_performer AND verified_at IS NOT NULL) THEN
    RETURN jsonb_build_object('refusal', 'WALLET_NOT_VERIFIED');
  ELSIF p_earned < p_minimum THEN
    RETURN jsonb_build_object('refusal', 'INSUFFICIENT_BALANCE', 'required', p_minimum, 'available', p_earned);
  ELSIF p_tokens < p_minimum THEN
    RETURN jsonb_build_object('refusal', 'VALIDATION_ERROR', 'attr', 'amount', 'reason', 'below_minimum',
      'detail', format('Give %s tokens at least.', p_minimum));
  ELSIF p_earned < p_tokens THEN
    RETURN jsonb_build_object('refusal', 'INSUFFICIENT_BALANCE', 'required', p_tokens, 'available', p_earned);
  END IF;
  RETURN NULL;
END
$$;
