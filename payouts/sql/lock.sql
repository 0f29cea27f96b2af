-- grant: none
-- Lock a payout, then read it in the next statement. The refusal is NULL where the event is a step from where it stands.
CREATE OR REPLACE FUNCTION payouts_lock(
  p_payout uuid, p_event text, OUT payout payouts_payout, OUT refusal jsonb)
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  PERFORM FROM payouts_payout WHERE id = p_payout FOR NO KEY UPDATE;
  SELECT * INTO payout FROM payouts_payout WHERE id = p_payout;
  IF NOT FOUND THEN
    refusal := jsonb_build_object('refusal', 'NOT_FOUND');
  ELSIF NOT EXISTS (
    SELECT FROM payouts_transition
     WHERE event = p_event AND from_status = payout.status AND to_status IS NOT NULL
  ) THEN
    refusal := jsonb_build_object('refusal', 'INVALID_STATE_TRANSITION', 'event', p_event, 'state', payout.status);
  END IF;
END
$$;
