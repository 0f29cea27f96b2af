-- grant: none
-- A performer whose mode is OFF takes the item at once: started, finished and settled in the step that brought it.
CREATE OR REPLACE FUNCTION queue_app_pass_through(p_actor uuid, p_item queue_app_queueitem) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_item queue_app_queueitem;
  v_money jsonb := wallet_settle_hold(p_actor, queue_app_money_key(p_item.id, 'settle'), p_item.hold_id, NULL);
BEGIN
  IF v_money ? 'refusal' THEN
    RAISE EXCEPTION 'item % could not be settled: %', p_item.id, v_money ->> 'refusal';
  END IF;
  INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, actor_id, reason, at)
  VALUES (p_item.id, p_item.version + 1, 'pass_through', p_item.status, 'finished', p_actor, '', p_item.created_at);
  UPDATE queue_app_queueitem
     SET status = 'finished', version = version + 1, started_at = created_at, finished_at = created_at,
         settled_tokens = tokens, settlement_transfer_id = (v_money ->> 'transfer_id')::uuid
   WHERE id = p_item.id
  RETURNING * INTO v_item;
  RETURN jsonb_build_object(
    'item', queue_app_wire(v_item), 'queue', queue_app_snapshot(v_item.performer_id), 'wallet', v_money,
    'notices', queue_app_tell(p_actor, v_item, 'finished'));
END
$$;
