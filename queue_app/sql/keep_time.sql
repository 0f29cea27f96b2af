-- grant: none
-- What waits has a lifetime, what runs an end and the next thing that happens to it, what has ended nothing more: no
-- function can forget it. What passes through never waits.
CREATE OR REPLACE FUNCTION queue_app_keep_time() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_seconds integer := COALESCE(NEW.duration_seconds, 60);
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.sequence IS NOT NULL OR NEW.performer_id IS NULL THEN
      NEW.deadline_step := 'lifetime';
      NEW.deadline_at := NEW.created_at + GREATEST(
        queue_app_limit('lifetime'), make_interval(secs => 2 * queue_app_wait(NEW.performer_id)));
    END IF;
  ELSIF NEW.status = 'started' AND OLD.status <> 'started' THEN
    NEW.ends_at := NEW.started_at + make_interval(secs => v_seconds);
    SELECT d.at, d.step INTO NEW.deadline_at, NEW.deadline_step FROM queue_app_due(NEW.ends_at, v_seconds) d;
  ELSIF NEW.status NOT IN ('created', 'started') THEN
    NEW.deadline_at := NULL;
    NEW.deadline_step := '';
    NEW.paused_at := NULL;
    NEW.retry_at := NULL;
  END IF;
  RETURN NEW;
END
$$;
