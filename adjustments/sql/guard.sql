-- grant: none
-- What was asked for stays as it was; what is decided stays decided; nothing is forgotten.
CREATE OR REPLACE FUNCTION adjustments_guard() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.status = 'proposed'
     AND (NEW.id, NEW.owner_id, NEW.bucket, NEW.direction, NEW.tokens, NEW.ticket, NEW.reason, NEW.counted_tokens,
          NEW.people_needed, NEW.proposed_by_id, NEW.key, NEW.created_at)
       = (OLD.id, OLD.owner_id, OLD.bucket, OLD.direction, OLD.tokens, OLD.ticket, OLD.reason, OLD.counted_tokens,
          OLD.people_needed, OLD.proposed_by_id, OLD.key, OLD.created_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a correction is proposed once and decided once'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'append_only';
END
$$;
