-- grant: app
-- A payout that was sent has arrived: the tokens leave the house's books.
CREATE OR REPLACE FUNCTION payouts_pay(p_actor uuid, p_key text, p_payout uuid, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN payouts_move('pay', p_actor, p_key, p_payout, p_reason);
END
$$;
