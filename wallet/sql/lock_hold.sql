-- grant: none
-- Lock a hold, then read it in the next statement. The refusal is NULL where it is still open.
CREATE OR REPLACE FUNCTION wallet_lock_hold(p_hold uuid, OUT hold wallet_hold, OUT refusal jsonb)
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  PERFORM FROM wallet_hold WHERE id = p_hold FOR NO KEY UPDATE;
  SELECT * INTO hold FROM wallet_hold WHERE id = p_hold;
  IF NOT FOUND THEN
    refusal := wallet_refuse('ESCROW_NOT_FOUND');
  ELSIF hold.state <> 'held' THEN
    refusal := wallet_refuse('ESCROW_ALREADY_PROCESSED', jsonb_build_object('state', hold.state));
  END IF;
END
$$;
