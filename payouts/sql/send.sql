-- grant: app
-- An approved payout is on its way to her.
CREATE OR REPLACE FUNCTION payouts_send(p_actor uuid, p_key text, p_payout uuid, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN payouts_move('send', p_actor, p_key, p_payout, p_reason);
END
$$;
