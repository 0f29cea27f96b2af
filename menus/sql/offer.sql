-- grant: none
-- The item as this viewer may buy it at this moment; no row where he may not see it. Subscribers-only menus stay
-- closed here until a room tells who subscribes: in doubt nobody sees them. The key share lock keeps the item from
-- being deleted while it is bought.
CREATE OR REPLACE FUNCTION menus_offer(p_item uuid, p_viewer uuid)
RETURNS TABLE (
  performer_id uuid, name text, description text, price bigint, duration_seconds integer, max_daily_purchases integer
)
LANGUAGE sql VOLATILE
AS $$
  SELECT m.performer_id, i.name::text, i.description::text, i.price::bigint, i.duration_seconds, i.max_daily_purchases
  FROM menus_priceditem i JOIN menus_performermenu m ON m.id = i.menu_id
  WHERE i.id = p_item AND i.active AND i.archived_at IS NULL
    AND m.active AND m.published AND m.archived_at IS NULL AND m.type <> 'navigation'
    AND (m.visibility = 'public' OR m.performer_id = p_viewer
      OR (m.visibility = 'private' AND EXISTS (
        SELECT FROM menus_menuguest g WHERE g.menu_id = m.id AND g.viewer_id = p_viewer)))
  FOR KEY SHARE OF i
$$;
