-- grant: none
-- Set earnings aside for a payout: earned -> payout_pending, once for the payout's id. Earned guards its debits by its
-- row, so what is set aside here can neither be asked for again nor be taken back by a reversal. What she owes is paid
-- back first.
CREATE OR REPLACE FUNCTION wallet_reserve_payout(p_actor uuid, p_payout uuid, p_performer uuid, p_tokens bigint)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_operation uuid := core_uuid7();
  v_wallet record;
  v_payable bigint;
  v_left bigint;
  v_answer jsonb := COALESCE(wallet_check_tokens(p_tokens), wallet_claim_operation(
    v_operation, p_actor, 'reserve_payout', 'payouts:' || p_payout || ':reserve',
    jsonb_build_array(p_performer, p_tokens)));
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_wallet := wallet_lock_earnings(p_performer);
  v_payable := wallet_payable(p_performer);
  IF v_wallet.earned IS NULL OR v_wallet.pending IS NULL THEN
    RETURN wallet_forget(v_operation, wallet_refuse('NOT_FOUND'));
  ELSIF v_wallet.closed THEN
    RETURN wallet_remember(v_operation, wallet_refuse('ACCOUNT_CLOSED'));
  ELSIF v_payable < p_tokens THEN
    RETURN wallet_remember(v_operation, wallet_refuse('INSUFFICIENT_BALANCE', jsonb_build_object(
      'required', p_tokens, 'available', v_payable)));
  END IF;
  v_left := v_wallet.earned_balance - wallet_repay(v_operation, p_performer);
  UPDATE wallet_account
  SET credits_seen = v_left + debits_posted, debits_posted = debits_posted + p_tokens
  WHERE id = v_wallet.earned;
  RETURN wallet_remember(v_operation, jsonb_build_object(
    'transfer_id', wallet_post(v_operation, 'payout_reserve', v_wallet.earned, v_wallet.pending, p_tokens),
    'earned', v_left - p_tokens));
END
$$;
