-- grant: app
-- Its viewer wants it no more, before the start: full refund.
CREATE OR REPLACE FUNCTION queue_app_cancel(p_actor uuid, p_owner uuid, p_item uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN queue_app_close(p_actor, p_owner, 'viewer', p_item, 'cancel', NULL, 'user_cancelled');
END
$$;
