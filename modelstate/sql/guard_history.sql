-- grant: none
-- Runs when the transaction ends: a row of history whose step was not taken is refused.
CREATE OR REPLACE FUNCTION modelstate_guard_history() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (
    SELECT 1 FROM modelstate_modelstate s
     WHERE s.performer_id = NEW.performer_id AND s.version >= NEW.version
  ) THEN
    RAISE EXCEPTION 'a row of history without its step'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'modelstate_history_was_taken';
  END IF;
  RETURN NULL;
END
$$;
