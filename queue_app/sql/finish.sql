-- grant: app
-- The performance is done: pay the performer, all of it or p_settled tokens of it.
CREATE OR REPLACE FUNCTION queue_app_finish(p_actor uuid, p_owner uuid, p_item uuid, p_settled bigint DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN queue_app_close(p_actor, p_owner, 'performer', p_item, 'finish', p_settled, '');
END
$$;
