-- grant: app
-- An instant as it goes on the wire, whatever the session's time zone.
CREATE OR REPLACE FUNCTION queue_app_iso(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;
