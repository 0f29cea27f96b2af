-- grant: app
-- Merge a performer's settings; NULL keeps what is there. What is queued already stays as it is. Who begins to queue
-- again takes what waits for whoever is next. Answers {queue, taken} as queue_app_touch does.
CREATE OR REPLACE FUNCTION queue_app_save_settings(
  p_performer uuid, p_mode text, p_auto_rejoin boolean, p_accepts_slots boolean) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_told jsonb;
BEGIN
  PERFORM queue_app_lock(p_performer);
  UPDATE queue_app_performerqueue
     SET mode = COALESCE(p_mode, mode),
         auto_rejoin = COALESCE(p_auto_rejoin, auto_rejoin),
         accepts_slots = COALESCE(p_accepts_slots, accepts_slots),
         version = version + 1
   WHERE performer_id = p_performer;
  v_told := queue_app_snapshot(p_performer);
  RETURN jsonb_build_object('queue', v_told, 'taken', queue_app_take(p_performer));
END
$$;
