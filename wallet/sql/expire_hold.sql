-- grant: app
-- Refund one hold whose time is over; NULL where none is due but what somebody is at work on: it never waits, the next
-- sweep finds that again. One a call, so that no sweep ever holds two wallets at once. A closed wallet takes nothing
-- back: its holds are left to staff. What goes wrong with one is undone and told ({hold_id, failed}); it is not tried
-- again for a minute, so that it keeps no other one waiting.
CREATE OR REPLACE FUNCTION wallet_expire_hold() RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_operation uuid := core_uuid7();
  v_due uuid;
  v_hold wallet_hold%ROWTYPE;
  v_answer jsonb;
  v_code text;
BEGIN
  FOR v_due IN
    SELECT id FROM wallet_hold AS hold
    WHERE state = 'held' AND expires_at <= statement_timestamp()
      AND (retry_at IS NULL OR retry_at <= statement_timestamp()) AND NOT EXISTS (
        SELECT FROM wallet_account WHERE owner_id = hold.viewer_id AND closed_at IS NOT NULL)
    ORDER BY expires_at
  LOOP
    CONTINUE WHEN NOT wallet_try_lock_hold(v_due);
    SELECT * INTO v_hold FROM wallet_hold
    WHERE id = v_due AND state = 'held' AND expires_at <= statement_timestamp();
    CONTINUE WHEN NOT FOUND;
    v_answer := COALESCE(
      wallet_claim_operation(v_operation, NULL, 'expire_hold', 'sweep:' || v_due, jsonb_build_array(v_due)),
      wallet_resolve_hold(v_operation, v_hold, 0, 'timeout', 'expired'));
    -- Closed since it was chosen: nothing is remembered, so that it expires once the wallet is open again.
    IF v_answer ? 'refusal' THEN
      RAISE EXCEPTION '%', v_answer ->> 'refusal';
    END IF;
    RETURN v_answer;
  END LOOP;
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  IF v_due IS NULL THEN
    RAISE;
  END IF;
  GET STACKED DIAGNOSTICS v_code = RETURNED_SQLSTATE;
  UPDATE wallet_hold SET retry_at = clock_timestamp() + interval '1 minute' WHERE id = (
    SELECT id FROM wallet_hold WHERE id = v_due AND state = 'held' FOR NO KEY UPDATE SKIP LOCKED);
  RETURN jsonb_build_object('hold_id', v_due, 'failed', v_code || ' ' || SQLERRM);
END
$$;
