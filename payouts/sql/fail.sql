-- grant: app
-- A payout that was sent came back: the tokens are hers again.
CREATE OR REPLACE FUNCTION payouts_fail(p_actor uuid, p_key text, p_payout uuid, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN payouts_move('fail', p_actor, p_key, p_payout, p_reason);
END
$$;
