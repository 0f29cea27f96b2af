-- grant: none
-- Trigger of append-only tables: nobody changes what was written, the owner included.
CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
END
$$;
