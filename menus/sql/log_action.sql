-- grant: app
-- Append one line to the action log. p_lazily: a transaction that holds nothing else does not wait for the disk; of a
-- database that dies, the log's last moments may be gone, the actions themselves never are. PL/pgSQL keeps its plan.
CREATE OR REPLACE FUNCTION menus_log_action(
  p_id uuid, p_performer uuid, p_action text, p_item text, p_error text, p_duration integer, p_metadata jsonb,
  p_lazily boolean) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  IF p_lazily THEN
    PERFORM set_config('synchronous_commit', 'off', true);
  END IF;
  INSERT INTO menus_menuactionlog
    (id, performer_id, action, menu_item_id, success, error_code, duration_ms, metadata)
  VALUES (p_id, p_performer, p_action, p_item, p_error = '', p_error, p_duration, p_metadata);
END
$$;
