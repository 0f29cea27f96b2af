-- grant: none
-- A viewer's row as it holds now: a raise whose time has come is in force, whether or not anybody has written it down.
CREATE OR REPLACE FUNCTION compliance_current(p_row compliance_viewerlimits) RETURNS compliance_viewerlimits
LANGUAGE plpgsql STABLE
AS $$
BEGIN
  IF p_row.daily_next_at <= statement_timestamp() THEN
    p_row.daily := p_row.daily_next;
    p_row.daily_next := NULL;
    p_row.daily_next_at := NULL;
  END IF;
  IF p_row.weekly_next_at <= statement_timestamp() THEN
    p_row.weekly := p_row.weekly_next;
    p_row.weekly_next := NULL;
    p_row.weekly_next_at := NULL;
  END IF;
  IF p_row.excluded_until <= statement_timestamp() THEN
    p_row.excluded_until := NULL;
  END IF;
  RETURN p_row;
END
$$;
