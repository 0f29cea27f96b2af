-- grant: app
-- Set a viewer's tokens aside: available -> escrow. Refused, and remembered so, where she has too few.
CREATE OR REPLACE FUNCTION wallet_place_hold(
  p_actor uuid, p_key text, p_viewer uuid, p_performer uuid, p_tokens bigint, p_expires_seconds integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_operation uuid := core_uuid7();
  v_hold uuid;
  v_transfer uuid;
  v_wallet record;
  v_answer jsonb := COALESCE(wallet_check_tokens(p_tokens), wallet_claim_operation(
    v_operation, p_actor, 'place_hold', p_key,
    jsonb_build_array(p_viewer, p_performer, p_tokens, p_expires_seconds)));
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  IF p_performer IS NOT NULL THEN
    PERFORM wallet_need_accounts(p_performer, 'earned');
  END IF;
  v_wallet := wallet_lock_wallet(p_viewer);
  IF v_wallet.closed THEN
    RETURN wallet_remember(v_operation, wallet_refuse('ACCOUNT_CLOSED'));
  ELSIF COALESCE(v_wallet.available_balance, 0) < p_tokens THEN
    RETURN wallet_remember(v_operation, wallet_refuse('INSUFFICIENT_BALANCE', jsonb_build_object(
      'required', p_tokens, 'available', COALESCE(v_wallet.available_balance, 0))));
  END IF;
  INSERT INTO wallet_hold (viewer_id, performer_id, amount, expires_at)
  VALUES (p_viewer, p_performer, p_tokens, statement_timestamp() + make_interval(secs => p_expires_seconds))
  RETURNING id INTO v_hold;
  v_transfer := wallet_post(v_operation, 'hold', v_wallet.available, v_wallet.escrow, p_tokens, v_hold);
  RETURN wallet_remember(v_operation, jsonb_build_object(
    'hold_id', v_hold,
    'transfer_id', v_transfer,
    'available', v_wallet.available_balance - p_tokens,
    'escrow', v_wallet.escrow_balance + p_tokens,
    'version', (SELECT revision FROM wallet_account WHERE id = v_wallet.escrow)));
END
$$;
