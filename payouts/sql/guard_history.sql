-- grant: none
-- Runs when the transaction ends: a row of history whose step was not taken is refused.
CREATE OR REPLACE FUNCTION payouts_guard_history() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM payouts_payout p WHERE p.id = NEW.payout_id AND p.version >= NEW.version) THEN
    RAISE EXCEPTION 'a row of history without its step'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'payouts_history_was_taken';
  END IF;
  RETURN NULL;
END
$$;
