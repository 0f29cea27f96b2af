-- grant: none
-- The business day and the business week (Monday to Sunday, as ISO 8601 has it) that this transaction stands in, in the
-- zone that the product's connections name (config/settings.py, BUSINESS_TIME_ZONE). Without one nothing is decided.
CREATE OR REPLACE FUNCTION compliance_periods(
  OUT day timestamptz, OUT next_day timestamptz, OUT week timestamptz, OUT next_week timestamptz)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
  v_zone text := current_setting('house.zone');
  v_day timestamp := date_trunc('day', now() AT TIME ZONE v_zone);
  v_week timestamp := date_trunc('week', now() AT TIME ZONE v_zone);
BEGIN
  day := v_day AT TIME ZONE v_zone;
  next_day := (v_day + interval '1 day') AT TIME ZONE v_zone;
  week := v_week AT TIME ZONE v_zone;
  next_week := (v_week + interval '7 days') AT TIME ZONE v_zone;
END
$$;
