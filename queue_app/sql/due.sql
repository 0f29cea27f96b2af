-- grant: none
-- The next deadline of an item that runs: a warning when its booked time is over, the end at the maximum. Pauses have
-- moved both with p_ends_at.
CREATE OR REPLACE FUNCTION queue_app_due(p_ends_at timestamptz, p_seconds integer, OUT at timestamptz, OUT step text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_last timestamptz := p_ends_at - make_interval(secs => p_seconds) + queue_app_limit('maximum');
BEGIN
  step := CASE WHEN p_ends_at > clock_timestamp() AND p_ends_at < v_last THEN 'duration' ELSE 'maximum' END;
  at := CASE step WHEN 'duration' THEN p_ends_at ELSE v_last END;
END
$$;
