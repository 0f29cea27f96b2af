-- grant: app
-- Give the tokens back, before the start or while it runs.
CREATE OR REPLACE FUNCTION queue_app_refund(p_actor uuid, p_owner uuid, p_item uuid, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN queue_app_close(p_actor, p_owner, 'performer', p_item, 'refund', NULL, p_reason);
END
$$;
