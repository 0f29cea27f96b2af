-- grant: none
-- A correction by hand: house -> a viewer's available or a performer's earned (p_direction 'credit'), or back ('debit'),
-- never below zero; of earnings only what she does not owe can be taken, and what she owes is paid back from the rest.
-- Who may ask for it is decided by the caller (adjustments/sql). A refusal frees the key: what is not possible now may be
-- later.
CREATE OR REPLACE FUNCTION wallet_adjust(
  p_actor uuid, p_key text, p_owner uuid, p_bucket text, p_direction text, p_tokens bigint, p_reason text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_operation uuid := core_uuid7();
  v_account wallet_account%ROWTYPE;
  v_balance bigint;
  v_free bigint;
  v_transfer uuid;
  v_escrow uuid;
  v_answer jsonb := wallet_claim_operation(
    v_operation, p_actor, 'adjust', p_key, jsonb_build_array(p_owner, p_bucket, p_direction, p_tokens, p_reason));
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  PERFORM wallet_lock_owner(p_owner);
  SELECT * INTO v_account FROM wallet_account WHERE owner_id = p_owner AND kind = p_bucket AND slice = 0;
  v_balance := CASE p_bucket WHEN 'earned' THEN wallet_summed_balance(v_account.id) ELSE v_account.balance END;
  v_free := CASE p_bucket WHEN 'earned' THEN wallet_payable(p_owner) ELSE v_balance END;
  IF v_account.id IS NULL THEN
    RETURN wallet_forget(v_operation, wallet_refuse('NOT_FOUND'));
  ELSIF v_account.closed_at IS NOT NULL THEN
    RETURN wallet_forget(v_operation, wallet_refuse('ACCOUNT_CLOSED'));
  ELSIF p_direction = 'debit' AND v_free < p_tokens THEN
    RETURN wallet_forget(v_operation, wallet_refuse('INSUFFICIENT_BALANCE', jsonb_build_object(
      'required', p_tokens, 'available', v_free)));
  ELSIF p_direction = 'credit' AND v_balance + p_tokens > 1000000000000000 THEN
    RETURN wallet_forget(v_operation, wallet_refuse('BALANCE_LIMIT_EXCEEDED'));
  END IF;
  IF p_bucket = 'earned' AND p_direction = 'debit' THEN
    UPDATE wallet_account SET credits_seen = v_balance + debits_posted, debits_posted = debits_posted + p_tokens
    WHERE id = v_account.id;
  END IF;
  v_transfer := CASE p_direction
    WHEN 'credit' THEN wallet_post(v_operation, 'adjust', wallet_house(), v_account.id, p_tokens, p_reason => p_reason)
    ELSE wallet_post(v_operation, 'adjust', v_account.id, wallet_house(), p_tokens, p_reason => p_reason) END;
  IF p_bucket = 'earned' THEN
    PERFORM wallet_repay(v_operation, p_owner);
  END IF;
  SELECT id INTO v_escrow FROM wallet_account WHERE owner_id = p_owner AND kind = 'escrow' AND p_bucket = 'available';
  RETURN wallet_remember(v_operation, jsonb_build_object(
    'transfer_id', v_transfer, 'version', wallet_step_version(v_escrow)));
END
$$;
