-- grant: app
-- Set a viewer's own limits. p_changes names what changes: {"daily": 500, "weekly": null}, null for no limit. Answers as
-- compliance_status does.
CREATE OR REPLACE FUNCTION compliance_set_limits(p_viewer uuid, p_changes jsonb) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_own compliance_viewerlimits%ROWTYPE := compliance_lock_own(p_viewer);
  v_day record;
  v_week record;
BEGIN
  IF v_own.viewer_id IS NULL THEN
    RETURN jsonb_build_object('refusal', 'NOT_FOUND');
  END IF;
  v_day := compliance_wish(CASE WHEN p_changes ? 'daily' THEN (p_changes ->> 'daily')::bigint
    WHEN v_own.daily_next_at IS NULL THEN v_own.daily ELSE v_own.daily_next END,
    v_own.daily, v_own.daily_next, v_own.daily_next_at);
  v_week := compliance_wish(CASE WHEN p_changes ? 'weekly' THEN (p_changes ->> 'weekly')::bigint
    WHEN v_own.weekly_next_at IS NULL THEN v_own.weekly ELSE v_own.weekly_next END,
    v_own.weekly, v_own.weekly_next, v_own.weekly_next_at);
  UPDATE compliance_viewerlimits
  SET daily = v_day.own, daily_next = v_day.next, daily_next_at = v_day.next_at,
      weekly = v_week.own, weekly_next = v_week.next, weekly_next_at = v_week.next_at
  WHERE viewer_id = p_viewer;
  RETURN compliance_status(p_viewer);
END
$$;
