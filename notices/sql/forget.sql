-- grant: app
-- Forget notices that are older than so many days, at most so many of them. Their causes lie as far back and do not
-- come again. Answers {forgotten}.
CREATE OR REPLACE FUNCTION notices_forget(p_days integer, p_most integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_count bigint;
BEGIN
  DELETE FROM notices_notice WHERE id IN (
    SELECT id FROM notices_notice WHERE created_at < now() - make_interval(days => GREATEST(p_days, 30))
     ORDER BY created_at LIMIT p_most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN jsonb_build_object('forgotten', v_count);
END
$$;
