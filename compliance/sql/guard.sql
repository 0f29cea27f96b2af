-- grant: none
-- A self-exclusion may grow, never shrink or vanish; the row stays.
CREATE OR REPLACE FUNCTION compliance_guard() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.viewer_id = OLD.viewer_id
     AND (OLD.excluded_until IS NULL OR NEW.excluded_until >= OLD.excluded_until) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a self-exclusion is never made shorter'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'compliance_exclusion_never_shorter';
END
$$;
