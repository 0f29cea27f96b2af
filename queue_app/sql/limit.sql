-- grant: app
-- A limit in time; the sweeper keeps the table as the installation's settings say.
CREATE OR REPLACE FUNCTION queue_app_limit(p_name text) RETURNS interval
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN (SELECT make_interval(secs => seconds) FROM queue_app_limit WHERE name = p_name);
END
$$;
