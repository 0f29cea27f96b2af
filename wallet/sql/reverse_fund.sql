-- grant: none
-- A credit taken back: available -> house, while she still has it.
CREATE OR REPLACE FUNCTION wallet_reverse_fund(p_operation uuid, p_original wallet_transfer, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_viewer uuid := (SELECT owner_id FROM wallet_account WHERE id = p_original.credit_account_id);
  v_wallet record := wallet_lock_wallet(v_viewer);
BEGIN
  IF EXISTS (SELECT FROM wallet_transfer WHERE reverses_id = p_original.id) THEN
    RETURN wallet_refuse('CANNOT_REVERSE_TRANSFER', '{"message": "This transfer has been reversed already."}');
  ELSIF v_wallet.closed THEN
    RETURN wallet_refuse('ACCOUNT_CLOSED');
  ELSIF v_wallet.available_balance < p_original.amount THEN
    RETURN wallet_refuse('INSUFFICIENT_BALANCE', jsonb_build_object(
      'required', p_original.amount, 'available', v_wallet.available_balance));
  END IF;
  RETURN jsonb_build_object(
    'transfer_id', wallet_post(p_operation, 'reversal', v_wallet.available, wallet_house(), p_original.amount,
                               p_reverses => p_original.id, p_reason => p_reason),
    'tokens', p_original.amount, 'shortfall', 0, 'performer_id', NULL, 'viewer_id', v_viewer,
    'version', wallet_step_version(v_wallet.escrow));
END
$$;
