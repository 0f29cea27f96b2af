-- grant: none
-- The locks of an item for whoever is next, which was p_performer's (NULL: nobody's yet) a moment ago: hers and the
-- item's, or the pool's and the item's. Where it has changed hands meanwhile nothing is answered, and no lock is kept
-- (the sub-transaction is undone), so that the caller can look again and take them in the house's order. Whoever works
-- on an item that is nobody's holds the pool; so where another holds one under our pool's lock it is somebody's by now,
-- and she may be waiting for the pool: it is not waited for.
CREATE OR REPLACE FUNCTION queue_app_lock_moving(
  p_item uuid, p_performer uuid, OUT queue queue_app_performerqueue, OUT item queue_app_queueitem)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF p_performer IS NULL THEN
    PERFORM queue_app_lock_pool(true);
    SELECT * INTO item FROM queue_app_queueitem WHERE id = p_item FOR NO KEY UPDATE SKIP LOCKED;
  ELSE
    queue := (queue_app_lock(p_performer)).queue;
    SELECT * INTO item FROM queue_app_queueitem WHERE id = p_item FOR NO KEY UPDATE;
  END IF;
  IF item.id IS NULL OR item.performer_id IS DISTINCT FROM p_performer THEN
    RAISE SQLSTATE 'QGONE';
  END IF;
EXCEPTION WHEN SQLSTATE 'QGONE' THEN
  queue := NULL;
  item := NULL;
END
$$;
