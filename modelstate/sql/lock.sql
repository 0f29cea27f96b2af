-- grant: none
-- Takes the first lock of every change to a performer and tells what she is doing. A performer who never signed in has
-- no row yet and is OFFLINE: she gets her row here. NULL: there is no such performer.
CREATE OR REPLACE FUNCTION modelstate_lock(p_performer uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_state text;
BEGIN
  SELECT state INTO v_state FROM modelstate_modelstate WHERE performer_id = p_performer FOR NO KEY UPDATE;
  IF FOUND THEN
    RETURN v_state;
  END IF;
  INSERT INTO modelstate_modelstate (performer_id, state, version, last_change)
  SELECT user_id, 'OFFLINE', 0, clock_timestamp() FROM accounts_performer WHERE user_id = p_performer
  ON CONFLICT (performer_id) DO NOTHING;
  SELECT state INTO v_state FROM modelstate_modelstate WHERE performer_id = p_performer FOR NO KEY UPDATE;
  RETURN v_state;
END
$$;
