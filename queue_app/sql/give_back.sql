-- grant: none
-- End one item whose time is over, with all its tokens back; her locks are held. It never waits: where somebody is at
-- work on the hold or the wallet the item is left for the next sweep. Whatever goes wrong with it is told and undone, and
-- it is not tried again before `retry_at`, so that bad items never stop the others. Answers {what: closed | busy |
-- failed, …}.
CREATE OR REPLACE FUNCTION queue_app_give_back(p_item uuid, p_event text, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_item queue_app_queueitem;
  v_money jsonb;
  v_code text;
BEGIN
  SELECT * INTO v_item FROM queue_app_queueitem WHERE id = p_item FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT wallet_try_lock_hold(v_item.hold_id) THEN
    RETURN jsonb_build_object('what', 'busy', 'itemId', p_item);
  END IF;
  v_money := wallet_refund_hold(NULL, queue_app_money_key(p_item, 'refund'), v_item.hold_id, p_reason);
  IF v_money ? 'refusal' THEN
    -- Undone with it: a refusal that stayed under the key would keep the tokens for ever.
    RAISE EXCEPTION '%', v_money ->> 'refusal';
  END IF;
  v_item := queue_app_end_item(NULL, v_item, p_event, p_reason, v_money);
  RETURN jsonb_build_object(
    'what', 'closed', 'item', queue_app_wire(v_item), 'wallet', v_money, 'notices', queue_app_tell(NULL, v_item, CASE
      WHEN p_reason = 'user_cancelled' THEN 'cancelled' WHEN p_event = 'abandon' THEN 'abandoned' ELSE 'refunded' END));
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS v_code = RETURNED_SQLSTATE;
  UPDATE queue_app_queueitem SET retry_at = clock_timestamp() + queue_app_limit('retry') WHERE id = (
    SELECT id FROM queue_app_queueitem WHERE id = p_item FOR NO KEY UPDATE SKIP LOCKED);
  RETURN jsonb_build_object('what', 'failed', 'itemId', p_item, 'error', v_code || ' ' || SQLERRM);
END
$$;
