-- grant: app
-- Undo a settlement (earned -> the viewer's available) or a credit (available -> house), once, by a transfer of its own.
-- What a performer no longer has of it is booked to her receivable first, so that the correction is always whole. Nobody
-- undoes what was moved in the own wallet, on whichever side.
CREATE OR REPLACE FUNCTION wallet_reverse_transfer(p_actor uuid, p_key text, p_transfer uuid, p_reason text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_operation uuid := core_uuid7();
  v_original wallet_transfer%ROWTYPE;
  v_answer jsonb := wallet_claim_operation(
    v_operation, p_actor, 'reverse', p_key, jsonb_build_array(p_transfer, p_reason));
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  SELECT * INTO v_original FROM wallet_transfer WHERE id = p_transfer;
  IF NOT FOUND THEN
    RETURN wallet_forget(v_operation, wallet_refuse('NOT_FOUND'));
  ELSIF EXISTS (SELECT FROM wallet_account WHERE owner_id = p_actor
                AND id IN (v_original.debit_account_id, v_original.credit_account_id)) THEN
    v_answer := wallet_refuse('CANNOT_ADJUST_OWN_WALLET');
  ELSIF v_original.code = 'settle' THEN
    v_answer := wallet_reverse_settlement(v_operation, v_original, p_reason);
  ELSIF v_original.code = 'fund' THEN
    v_answer := wallet_reverse_fund(v_operation, v_original, p_reason);
  ELSE
    v_answer := wallet_refuse('CANNOT_REVERSE_TRANSFER');
  END IF;
  RETURN wallet_remember(v_operation, v_answer);
END
$$;
