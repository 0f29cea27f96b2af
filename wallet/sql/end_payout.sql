-- grant: none
-- The one end of what was set aside for a payout: paid (payout_pending -> house) or given back (-> earned). Both ends
-- share a key, so that a payout never has two. A closed wallet stops neither: it is her money on its way. Of what comes
-- back she repays what she owes.
CREATE OR REPLACE FUNCTION wallet_end_payout(
  p_actor uuid, p_payout uuid, p_performer uuid, p_tokens bigint, p_paid boolean, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_operation uuid := core_uuid7();
  v_wallet record;
  v_transfer uuid;
  v_answer jsonb := wallet_claim_operation(
    v_operation, NULL, 'end_payout', 'payouts:' || p_payout || ':end',
    jsonb_build_array(p_actor, p_performer, p_tokens, p_paid, p_reason));
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_wallet := wallet_lock_earnings(p_performer);
  v_transfer := wallet_post(
    v_operation, CASE WHEN p_paid THEN 'payout_pay' ELSE 'payout_return' END, v_wallet.pending,
    CASE WHEN p_paid THEN wallet_house() ELSE v_wallet.earned END, p_tokens, p_reason => p_reason);
  IF NOT p_paid THEN
    PERFORM wallet_repay(v_operation, p_performer);
  END IF;
  RETURN wallet_remember(v_operation, jsonb_build_object('transfer_id', v_transfer));
END
$$;
