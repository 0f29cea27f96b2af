-- grant: app
-- Write the installation's limits ({name: seconds}) where they differ; how many did. What runs already keeps its own.
CREATE OR REPLACE FUNCTION queue_app_set_limits(p_limits jsonb) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_count integer;
BEGIN
  UPDATE queue_app_limit l SET seconds = given.value::integer
    FROM jsonb_each_text(p_limits) given
   WHERE l.name = given.key AND l.seconds <> given.value::integer;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN v_count;
END
$$;
