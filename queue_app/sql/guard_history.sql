-- grant: none
-- Runs when the transaction ends: a row of history whose step was not taken is refused.
CREATE OR REPLACE FUNCTION queue_app_guard_history() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM queue_app_queueitem i WHERE i.id = NEW.item_id AND i.version >= NEW.version) THEN
    RAISE EXCEPTION 'a row of history without its step'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'queue_app_history_was_taken';
  END IF;
  RETURN NULL;
END
$$;
