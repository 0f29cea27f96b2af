-- grant: app
-- `notices_put` for causes that are put together in Python. Answers {"notices": [...]}, empty where it is not wanted.
CREATE OR REPLACE FUNCTION notices_tell(p_owner uuid, p_key text, p_variables jsonb, p_cause text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_notice jsonb := notices_put(p_owner, p_key, p_variables, p_cause);
BEGIN
  RETURN jsonb_build_object('notices', CASE WHEN v_notice IS NULL THEN '[]' ELSE jsonb_build_array(v_notice) END);
END
$$;
