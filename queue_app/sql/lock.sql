-- grant: none
-- The first two locks of everything about a performer's queue, in the house's order: her state, then her queue. The
-- state is NULL where there is no such performer; her queue's row is made on its first use.
CREATE OR REPLACE FUNCTION queue_app_lock(p_performer uuid, OUT state text, OUT queue queue_app_performerqueue)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  state := modelstate_lock(p_performer);
  IF state IS NULL THEN
    RETURN;
  END IF;
  SELECT * INTO queue FROM queue_app_performerqueue WHERE performer_id = p_performer FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    INSERT INTO queue_app_performerqueue
      (performer_id, next_sequence, depth, mode, auto_rejoin, accepts_slots, version)
    VALUES (p_performer, 1, 0, 'ON', false, false, 0);
    SELECT * INTO queue FROM queue_app_performerqueue WHERE performer_id = p_performer FOR NO KEY UPDATE;
  END IF;
END
$$;
