-- grant: none
-- The one resolution of a hold: p_settled of it goes to the performer, the rest back to the viewer, at once. Expects the
-- claimed operation and the locked hold; locks the viewer's rows. What is paid out is announced by an outbox row of kind
-- wallet.settled, in this transaction, where somebody delivers that kind (else nothing is written).
CREATE OR REPLACE FUNCTION wallet_resolve_hold(
  p_operation uuid, p_hold wallet_hold, p_settled bigint, p_reason text, p_unsettled_state text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_rest bigint := p_hold.amount - p_settled;
  v_state text := CASE WHEN p_settled = 0 THEN p_unsettled_state WHEN v_rest = 0 THEN 'settled'
                       ELSE 'partially_settled' END;
  v_earned wallet_account%ROWTYPE;
  v_wallet record;
  v_settlement uuid;
  v_refund uuid;
BEGIN
  SELECT * INTO v_earned FROM wallet_account WHERE owner_id = p_hold.performer_id AND kind = 'earned' AND slice = 0;
  v_wallet := wallet_lock_wallet(p_hold.viewer_id);
  IF p_settled > 0 AND v_earned.id IS NULL THEN
    RETURN wallet_forget(p_operation, wallet_refuse('PERFORMER_NOT_FOUND'));
  ELSIF v_wallet.closed OR (p_settled > 0 AND v_earned.closed_at IS NOT NULL) THEN
    RETURN wallet_remember(p_operation, wallet_refuse('ACCOUNT_CLOSED'));
  END IF;
  IF p_settled > 0 THEN
    v_settlement := wallet_post(p_operation, 'settle', v_wallet.escrow, v_earned.id, p_settled, p_hold.id);
    PERFORM core_outbox_put('wallet.settled', 'wallet.settled:' || v_settlement, jsonb_build_object(
      'transfer_id', v_settlement, 'viewer_id', p_hold.viewer_id, 'tokens', p_settled));
  END IF;
  IF v_rest > 0 THEN
    v_refund := wallet_post(p_operation, 'refund', v_wallet.escrow, v_wallet.available, v_rest, p_hold.id,
                            p_reason => p_reason);
  END IF;
  UPDATE wallet_hold
  SET state = v_state, settled_amount = p_settled,
      resolved_by_id = COALESCE(v_settlement, v_refund), resolved_at = statement_timestamp()
  WHERE id = p_hold.id;
  RETURN wallet_remember(p_operation, jsonb_build_object(
    'hold_id', p_hold.id,
    'transfer_id', COALESCE(v_settlement, v_refund),
    'state', v_state,
    'settled', p_settled,
    'refunded', v_rest,
    'performer_id', p_hold.performer_id,
    'viewer_id', p_hold.viewer_id,
    'version', (SELECT revision FROM wallet_account WHERE id = v_wallet.escrow)));
END
$$;
