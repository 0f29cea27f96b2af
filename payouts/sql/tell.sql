-- grant: none
-- Tell her where her payout stands now, and the caller that the step was taken now. Not part of what is remembered: a
-- repetition tells nobody anything and leaves no second trace.
CREATE OR REPLACE FUNCTION payouts_tell(p_payout payouts_payout) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  IF p_payout.status = 'requested' THEN
    RETURN '{"fresh": true}';
  END IF;
  RETURN jsonb_build_object('fresh', true, 'notices', jsonb_build_array(notices_put(
    p_payout.performer_id, 'wallet.payout.updated',
    jsonb_build_object('tokens', p_payout.tokens, 'status', p_payout.status),
    'payouts.payout:' || p_payout.id || ':' || p_payout.status)));
END
$$;
