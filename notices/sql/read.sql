-- grant: app
-- Somebody has read one of his notices, or (no id) all of them. Answers {read}: how many he had not read before.
CREATE OR REPLACE FUNCTION notices_read(p_owner uuid, p_notice uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_count bigint;
BEGIN
  IF p_notice IS NULL THEN
    UPDATE notices_notice SET read_at = clock_timestamp() WHERE owner_id = p_owner AND read_at IS NULL;
  ELSIF NOT EXISTS (SELECT FROM notices_notice WHERE id = p_notice AND owner_id = p_owner) THEN
    RETURN jsonb_build_object('refusal', 'NOT_FOUND');
  ELSE
    UPDATE notices_notice SET read_at = clock_timestamp() WHERE id = p_notice AND read_at IS NULL;
  END IF;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN jsonb_build_object('read', v_count);
END
$$;
