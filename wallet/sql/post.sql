-- grant: none
-- One movement: its row, and the balances of its live sides. The caller holds the locks of the live sides, taken in id
-- order. An escrow row also counts the wallet's committed changes for the wire: one step a transaction, however many
-- movements it makes.
CREATE OR REPLACE FUNCTION wallet_post(
  p_operation uuid, p_code text, p_debit uuid, p_credit uuid, p_tokens bigint, p_hold uuid DEFAULT NULL,
  p_reverses uuid DEFAULT NULL, p_reason text DEFAULT '', p_external_id text DEFAULT '') RETURNS uuid
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_transfer uuid;
BEGIN
  INSERT INTO wallet_transfer (
    debit_account_id, credit_account_id, amount, code, group_id, hold_id, reverses_id, reason, external_id)
  VALUES (p_debit, p_credit, p_tokens, p_code, p_operation, p_hold, p_reverses, p_reason, p_external_id)
  RETURNING id INTO v_transfer;
  UPDATE wallet_account
  SET balance = balance + CASE WHEN id = p_credit THEN p_tokens ELSE -p_tokens END,
      version = version + 1,
      revision = revision + (kind = 'escrow' AND changed_xid <> pg_current_xact_id())::integer,
      changed_xid = pg_current_xact_id()
  WHERE id IN (p_debit, p_credit) AND kind IN ('available', 'escrow', 'payout_pending', 'prize');
  RETURN v_transfer;
END
$$;
