-- grant: none
-- The first performer in the line who may be given this viewer's item, with her locks taken; NULL where there is none.
-- Never waits for anybody: whoever is busy at this instant is passed over (queue_app_deal makes up for it).
CREATE OR REPLACE FUNCTION queue_app_next_performer(p_viewer uuid, p_not uuid DEFAULT NULL) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_performer uuid;
BEGIN
  FOR v_performer IN
    SELECT f.performer_id FROM queue_app_free() f
     WHERE f.performer_id <> p_viewer AND f.performer_id IS DISTINCT FROM p_not ORDER BY f.line_ticket
  LOOP
    -- Locked, then read again: she may have been given something before her lock was free.
    IF modelstate_try_lock(v_performer) AND queue_app_try_lock(v_performer)
       AND EXISTS (SELECT FROM queue_app_free() f WHERE f.performer_id = v_performer) THEN
      RETURN v_performer;
    END IF;
  END LOOP;
  RETURN NULL;
END
$$;
