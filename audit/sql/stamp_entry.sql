-- grant: none
-- Time and transaction are the database's word, never the writer's: the seals' horizon rests on them.
CREATE OR REPLACE FUNCTION audit_stamp_entry() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.created_at := now();
    NEW.created_xid := pg_current_xact_id();
    RETURN NEW;
END;
$$;
