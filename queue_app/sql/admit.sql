-- grant: none
-- May another paid item come to this performer? NULL: welcome, and her locks are held until the transaction ends, so
-- that the answer stays true. (For whoever is next: queue_app_admit_next.) Called before tokens are set aside.
CREATE OR REPLACE FUNCTION queue_app_admit(p_performer uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_locked record := queue_app_lock(p_performer);
BEGIN
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
