-- grant: none
-- What an end of an item would move: it is done, its lines are read, and all of it is undone (the sub-transaction ends
-- with an error of its own). Answers {lines}, or the refusal that the very function gave.
CREATE OR REPLACE FUNCTION queue_app_dry_run(p_actor uuid, p_owner uuid, p_item uuid, p_verb text, p_settled bigint)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_done jsonb;
BEGIN
  IF p_verb = 'finish' THEN
    v_done := queue_app_finish(p_actor, p_owner, p_item, p_settled);
  ELSE
    v_done := queue_app_abandon(p_actor, p_owner, p_item, 'performer_declined');
  END IF;
  IF NOT v_done ? 'refusal' THEN
    v_done := jsonb_build_object('lines', wallet_lines((v_done -> 'wallet' ->> 'transfer_id')::uuid));
  END IF;
  RAISE SQLSTATE 'QDRYR';
EXCEPTION WHEN SQLSTATE 'QDRYR' THEN
  RETURN v_done;
END
$$;
