-- grant: none
-- Lock a hold and its viewer's rows without ever waiting: false where somebody is at work on one of them. For sweeps,
-- which hold many at once.
CREATE OR REPLACE FUNCTION wallet_try_lock_hold(p_hold uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_viewer uuid;
  v_rows integer;
BEGIN
  SELECT viewer_id INTO v_viewer FROM wallet_hold WHERE id = p_hold FOR NO KEY UPDATE SKIP LOCKED;
  SELECT count(*) INTO v_rows FROM (
    SELECT FROM wallet_account
     WHERE owner_id = v_viewer AND kind IN ('available', 'escrow') AND slice = 0
     ORDER BY id FOR NO KEY UPDATE SKIP LOCKED) AS locked;
  RETURN v_rows = 2;
END
$$;
