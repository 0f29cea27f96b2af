-- grant: app
-- Refund one hold whose time is over, whichever no one else is at work on; NULL where none is due. One a call, so that
-- no sweep ever holds two wallets at once. A closed wallet takes nothing back: its holds are left to staff.
CREATE OR REPLACE FUNCTION wallet_expire_hold() RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_operation uuid := core_uuid7();
  v_hold wallet_hold%ROWTYPE;
  v_answer jsonb;
BEGIN
  SELECT * INTO v_hold FROM wallet_hold AS hold
  WHERE state = 'held' AND expires_at <= statement_timestamp() AND NOT EXISTS (
    SELECT FROM wallet_account WHERE owner_id = hold.viewer_id AND closed_at IS NOT NULL)
  ORDER BY expires_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  v_answer := COALESCE(
    wallet_claim_operation(v_operation, NULL, 'expire_hold', 'sweep:' || v_hold.id, jsonb_build_array(v_hold.id)),
    wallet_resolve_hold(v_operation, v_hold, 0, 'timeout', 'expired'));
  -- Closed since it was chosen: nothing is remembered, so that it expires once the wallet is open again.
  IF v_answer ? 'refusal' THEN
    RAISE EXCEPTION 'hold % did not expire: %', v_hold.id, v_answer ->> 'refusal';
  END IF;
  RETURN v_answer;
END
$$;
