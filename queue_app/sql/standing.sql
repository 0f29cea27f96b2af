-- grant: app
-- What her menu depends on: modelstate_place's answer, and the item that stands first in her queue (`head`, null where
-- nobody waits for her). NULL where she has never signed in.
CREATE OR REPLACE FUNCTION queue_app_standing(p_performer uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN modelstate_place(p_performer) || jsonb_build_object('head', (
    SELECT id FROM queue_app_queueitem WHERE performer_id = p_performer AND status = 'created'
     ORDER BY sequence LIMIT 1));
END
$$;
