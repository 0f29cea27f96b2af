-- grant: none
-- The wallet's key for what happens to an item's hold: it follows from the item, so that no retry pays twice.
CREATE OR REPLACE FUNCTION queue_app_money_key(p_item uuid, p_verb text) RETURNS text
LANGUAGE sql IMMUTABLE
AS $$
  SELECT 'queue:' || p_item || ':' || p_verb
$$;
