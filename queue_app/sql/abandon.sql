-- grant: app
-- The performance will not be: full refund; the item reads refunded and keeps when it was abandoned.
CREATE OR REPLACE FUNCTION queue_app_abandon(p_actor uuid, p_owner uuid, p_item uuid, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN queue_app_close(p_actor, p_owner, 'performer', p_item, 'abandon', NULL, p_reason);
END
$$;
