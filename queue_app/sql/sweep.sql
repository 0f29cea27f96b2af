-- grant: app
-- Work off what is due for these performers, one after the other, at most p_limit waiting items each. Sweeps never wait
-- for anybody, so any number of them may run. What goes wrong with one performer is told and undone, the others go on.
CREATE OR REPLACE FUNCTION queue_app_sweep(p_performers uuid[], p_limit integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_performer uuid;
  v_swept jsonb := '[]';
  v_one jsonb;
  v_code text;
BEGIN
  FOREACH v_performer IN ARRAY p_performers LOOP
    BEGIN
      v_one := queue_app_sweep_one(v_performer, p_limit);
    EXCEPTION WHEN OTHERS THEN
      GET STACKED DIAGNOSTICS v_code = RETURNED_SQLSTATE;
      v_one := jsonb_build_object('performer', v_performer, 'failed', v_code || ' ' || SQLERRM);
    END;
    IF v_one IS NOT NULL THEN
      v_swept := v_swept || jsonb_build_array(v_one);
    END IF;
  END LOOP;
  RETURN v_swept;
END
$$;
