-- grant: app
-- A viewer's limits as they hold now, what will follow, what he has spent and when the counting begins anew.
CREATE OR REPLACE FUNCTION compliance_status(p_viewer uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_own compliance_viewerlimits%ROWTYPE;
  v_when record := compliance_periods();
BEGIN
  SELECT * INTO v_own FROM compliance_viewerlimits WHERE viewer_id = p_viewer;
  v_own := compliance_current(v_own);
  RETURN jsonb_build_object(
    'daily', jsonb_build_object(
      'limit', v_own.daily, 'next', v_own.daily_next, 'next_at', v_own.daily_next_at,
      'spent', wallet_spent(p_viewer, v_when.day, v_when.next_day), 'reset_time', v_when.next_day),
    'weekly', jsonb_build_object(
      'limit', v_own.weekly, 'next', v_own.weekly_next, 'next_at', v_own.weekly_next_at,
      'spent', wallet_spent(p_viewer, v_when.week, v_when.next_week), 'reset_time', v_when.next_week),
    'excluded_until', v_own.excluded_until);
END
$$;
