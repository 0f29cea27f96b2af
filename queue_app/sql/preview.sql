-- grant: app
-- How finishing (wholly, or p_settled tokens of it) and abandoning the running item would settle: the functions that do
-- it, run and undone. Answers {finish, abandon}, each a list of lines, or the first refusal.
CREATE OR REPLACE FUNCTION queue_app_preview(p_actor uuid, p_owner uuid, p_item uuid, p_settled bigint DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_finish jsonb := queue_app_dry_run(p_actor, p_owner, p_item, 'finish', p_settled);
  v_abandon jsonb;
BEGIN
  IF v_finish ? 'refusal' THEN
    RETURN v_finish;
  END IF;
  v_abandon := queue_app_dry_run(p_actor, p_owner, p_item, 'abandon', NULL);
  IF v_abandon ? 'refusal' THEN
    RETURN v_abandon;
  END IF;
  RETURN jsonb_build_object('finish', v_finish -> 'lines', 'abandon', v_abandon -> 'lines');
END
$$;
