-- grant: app
-- Credit a viewer from the house, once by key and once by the payment's own id where one is given: a payment that came
-- before gets the answer it got then. Nobody credits the own wallet.
CREATE OR REPLACE FUNCTION wallet_fund(
  p_actor uuid, p_key text, p_owner uuid, p_tokens bigint, p_external_id text DEFAULT '') RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_operation uuid := core_uuid7();
  v_wallet record;
  v_paid wallet_transfer%ROWTYPE;
  v_transfer uuid;
  v_answer jsonb := COALESCE(wallet_check_tokens(p_tokens), wallet_claim_operation(
    v_operation, p_actor, 'fund', p_key, jsonb_build_array(p_owner, p_tokens, p_external_id)));
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  IF p_actor = p_owner THEN
    RETURN wallet_remember(v_operation, wallet_refuse('CANNOT_ADJUST_OWN_WALLET'));
  END IF;
  PERFORM wallet_need_accounts(p_owner, 'available');
  v_wallet := wallet_lock_wallet(p_owner);
  IF v_wallet.available IS NULL THEN
    RETURN wallet_forget(v_operation, wallet_refuse('NOT_FOUND'));
  END IF;
  SELECT * INTO v_paid FROM wallet_transfer WHERE external_id = p_external_id AND external_id <> '';
  IF FOUND THEN
    RETURN wallet_remember(v_operation, wallet_same_payment(v_paid.id, v_wallet.available, p_tokens));
  ELSIF v_wallet.closed THEN
    RETURN wallet_remember(v_operation, wallet_refuse('ACCOUNT_CLOSED'));
  ELSIF v_wallet.available_balance + v_wallet.escrow_balance + p_tokens > 1000000000000000 THEN
    RETURN wallet_remember(v_operation, wallet_refuse('BALANCE_LIMIT_EXCEEDED'));
  END IF;
  v_transfer := wallet_post(
    v_operation, 'fund', wallet_house(), v_wallet.available, p_tokens, p_external_id => p_external_id);
  v_answer := wallet_remember(v_operation, jsonb_build_object(
    'transfer_id', v_transfer,
    'available', v_wallet.available_balance + p_tokens,
    'escrow', v_wallet.escrow_balance,
    'version', wallet_step_version(v_wallet.escrow)));
  -- Not part of what is remembered: a repetition tells nobody anything.
  RETURN v_answer || jsonb_build_object('notices', jsonb_build_array(notices_put(
    p_owner, 'wallet.points.credited', jsonb_build_object('tokens', p_tokens), 'wallet.transfer:' || v_transfer)));
END
$$;
