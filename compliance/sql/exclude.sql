-- grant: app
-- A viewer shuts himself out for so many times 24 hours. What stands already may grow, never shrink. Answers as
-- compliance_status does.
CREATE OR REPLACE FUNCTION compliance_exclude(p_viewer uuid, p_days integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_own compliance_viewerlimits%ROWTYPE := compliance_lock_own(p_viewer);
  v_until timestamptz := statement_timestamp() + make_interval(hours => 24 * p_days);
BEGIN
  IF v_own.viewer_id IS NULL THEN
    RETURN jsonb_build_object('refusal', 'NOT_FOUND');
  ELSIF v_until < v_own.excluded_until THEN
    RETURN jsonb_build_object('refusal', 'CANNOT_SHORTEN_SELF_EXCLUSION', 'until', v_own.excluded_until);
  END IF;
  UPDATE compliance_viewerlimits SET excluded_until = v_until WHERE viewer_id = p_viewer;
  RETURN compliance_status(p_viewer);
END
$$;
