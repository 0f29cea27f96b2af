-- grant: app
-- Where the items stand that wait for whoever is next, as the snapshot of a queue tells its own.
CREATE OR REPLACE FUNCTION queue_app_pool_places() RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  RETURN COALESCE((
    SELECT jsonb_agg(jsonb_build_object(
        'itemId', p.item_id, 'viewerId', p.viewer_id, 'position', p.place, 'waitSeconds', p.wait_seconds) ORDER BY p.place)
      FROM queue_app_pool() p), '[]');
END
$$;
