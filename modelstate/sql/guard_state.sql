-- grant: none
-- The table refuses what the functions would never do: a row born anywhere but OFFLINE, a change that is not
-- in the transition table, a change without its version and its row of history, and forgetting a performer.
CREATE OR REPLACE FUNCTION modelstate_guard_state() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'OFFLINE' OR NEW.version <> 0 THEN
      RAISE EXCEPTION 'a performer begins OFFLINE at version 0'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'modelstate_begins_offline';
    END IF;
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' AND EXISTS (
    SELECT 1
      FROM modelstate_statechange c
      JOIN modelstate_transition t USING (event, from_state, to_state)
     WHERE c.performer_id = OLD.performer_id AND NEW.performer_id = OLD.performer_id
       AND c.version = NEW.version AND NEW.version = OLD.version + 1
       AND c.from_state = OLD.state AND c.to_state = NEW.state
  ) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'this is not a step of the transition table with its version and its history'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'modelstate_legal_steps_only';
END
$$;
