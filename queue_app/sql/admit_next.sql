-- grant: none
-- May this viewer ask for whoever is next once more? NULL: welcome, and the pool's lock is held alone until the
-- transaction ends, so that the answer stays true. Fifty wait at most, five of one viewer's: his share counts what he
-- asked of whoever is next until it is started or ended, taken by a performer or not. So what comes back to wait never
-- exceeds it. Called before tokens are set aside.
CREATE OR REPLACE FUNCTION queue_app_admit_next(p_viewer uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_own bigint;
  v_waiting bigint;
BEGIN
  PERFORM queue_app_lock_pool(true);
  SELECT count(*) INTO v_own FROM queue_app_queueitem
   WHERE viewer_id = p_viewer AND next_available AND status = 'created';
  IF v_own >= 5 THEN
    RETURN jsonb_build_object('refusal', 'QUEUE_FULL', 'own_waiting', v_own,
      'message', 'You already have five requests waiting. Nothing was charged.');
  END IF;
  SELECT count(*) INTO v_waiting FROM queue_app_pool();
  RETURN CASE WHEN v_waiting >= 50 THEN jsonb_build_object('refusal', 'QUEUE_FULL', 'depth', v_waiting) END;
END
$$;
