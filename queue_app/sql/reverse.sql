-- grant: app
-- Take a finished item's settlement back, once: the status stays, `reversed_at` says when. What the performer no longer
-- has of it is booked to her receivable. Answers {item, wallet, notices}; only staff are told of this function.
CREATE OR REPLACE FUNCTION queue_app_reverse(p_actor uuid, p_item uuid, p_key text, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_locked record := queue_app_lock_item(NULL, 'performer', p_item, 'reverse');
  v_item queue_app_queueitem := v_locked.item;
  v_money jsonb;
  v_told queue_app_queueitem;
  v_now timestamptz := clock_timestamp();
BEGIN
  IF v_locked.refusal IS NOT NULL THEN
    RETURN v_locked.refusal;
  END IF;
  v_money := wallet_reverse_transfer(p_actor, p_key, v_item.settlement_transfer_id, p_reason);
  IF v_money ? 'refusal' OR v_item.reversed_at IS NOT NULL THEN
    RETURN CASE WHEN v_money ? 'refusal' THEN v_money
                ELSE jsonb_build_object('item', queue_app_wire(v_item), 'wallet', v_money, 'replayed', true) END;
  END IF;
  INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, actor_id, reason, at)
  VALUES (p_item, v_item.version + 1, 'reverse', v_item.status, v_item.status, p_actor, left(p_reason, 200), v_now);
  UPDATE queue_app_queueitem SET reversed_at = v_now, version = version + 1 WHERE id = p_item RETURNING * INTO v_item;
  v_told := v_item;
  v_told.refunded_tokens := (v_money ->> 'tokens')::bigint;
  v_told.refund_reason := 'admin_refund';
  RETURN jsonb_build_object('item', queue_app_wire(v_item), 'wallet', v_money,
    'notices', queue_app_tell(p_actor, v_told, 'reversed'));
END
$$;
