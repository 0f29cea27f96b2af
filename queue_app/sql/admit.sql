-- grant: none
-- May another paid item come to this performer? NULL: welcome, and her locks are held until the transaction ends, so
-- that the answer stays true. NULL for the performer: whoever is next. Called before tokens are set aside.
CREATE OR REPLACE FUNCTION queue_app_admit(p_performer uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_locked record;
  v_waiting bigint;
BEGIN
  IF p_performer IS NULL THEN
    PERFORM queue_app_lock_pool(true);
    SELECT count(*) INTO v_waiting FROM queue_app_pool();
    RETURN CASE WHEN v_waiting >= 50 THEN jsonb_build_object('refusal', 'QUEUE_FULL', 'depth', v_waiting) END;
  END IF;
  v_locked := queue_app_lock(p_performer);
  IF v_locked.state IS NULL THEN
    RETURN jsonb_build_object('refusal', 'PERFORMER_NOT_FOUND');
  ELSIF v_locked.state = 'OFFLINE' THEN
    RETURN jsonb_build_object('refusal', 'PERFORMER_UNAVAILABLE');
  ELSIF (v_locked.queue).intake_paused THEN
    RETURN jsonb_build_object('refusal', 'INTAKE_PAUSED');
  ELSIF (v_locked.queue).mode = 'ON' AND (v_locked.queue).depth >= 50 THEN
    RETURN jsonb_build_object('refusal', 'QUEUE_FULL', 'depth', (v_locked.queue).depth);
  END IF;
  RETURN NULL;
END
$$;
