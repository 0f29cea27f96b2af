-- grant: none
-- Earned guards its debits by its row: lock every side in id order, sum what she has in the next statement, then post.
CREATE OR REPLACE FUNCTION wallet_reverse_settlement(p_operation uuid, p_original wallet_transfer, p_reason text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_earned wallet_account%ROWTYPE;
  v_wallet record;
  v_receivable uuid;
  v_balance bigint;
  v_shortfall bigint;
  v_transfer uuid;
BEGIN
  PERFORM FROM wallet_account AS side
  WHERE side.id = p_original.credit_account_id OR side.kind IN ('available', 'escrow') AND side.owner_id = (
    SELECT owner_id FROM wallet_account WHERE id = p_original.debit_account_id)
  ORDER BY side.id FOR NO KEY UPDATE;
  SELECT * INTO v_earned FROM wallet_account WHERE id = p_original.credit_account_id;
  v_wallet := wallet_lock_wallet((SELECT owner_id FROM wallet_account WHERE id = p_original.debit_account_id));
  IF EXISTS (SELECT FROM wallet_transfer WHERE reverses_id = p_original.id) THEN
    RETURN wallet_refuse('CANNOT_REVERSE_TRANSFER', '{"message": "This transfer has been reversed already."}');
  ELSIF v_wallet.closed OR v_earned.closed_at IS NOT NULL THEN
    RETURN wallet_refuse('ACCOUNT_CLOSED');
  END IF;
  v_balance := wallet_summed_balance(v_earned.id);
  v_shortfall := greatest(0, p_original.amount - v_balance);
  IF v_shortfall > 0 THEN
    SELECT id INTO STRICT v_receivable FROM wallet_account WHERE owner_id = v_earned.owner_id AND kind = 'receivable';
    PERFORM wallet_post(p_operation, 'shortfall', v_receivable, v_earned.id, v_shortfall, p_original.hold_id);
  END IF;
  UPDATE wallet_account
  SET credits_seen = v_balance + debits_posted + v_shortfall, debits_posted = debits_posted + p_original.amount
  WHERE id = v_earned.id;
  v_transfer := wallet_post(p_operation, 'reversal', v_earned.id, v_wallet.available, p_original.amount,
                            p_original.hold_id, p_original.id, p_reason);
  RETURN jsonb_build_object('transfer_id', v_transfer, 'tokens', p_original.amount, 'shortfall', v_shortfall,
    'performer_id', v_earned.owner_id, 'viewer_id', (SELECT owner_id FROM wallet_account WHERE id = v_wallet.available),
    'version', wallet_step_version(v_wallet.escrow));
END
$$;
