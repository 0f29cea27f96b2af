-- grant: none
-- The one end of an item that waited or ran: money, item, queue and, where it ran, the performer's state move together.
-- finish pays p_settled tokens (NULL: all) and gives the rest back; every other event gives all back with p_reason. Who
-- is in the line after it with nothing of her own waiting takes what waits for whoever is next (`taken`); where the item
-- was nobody's yet, `queue` is null and those behind it have moved up (`pool`).
CREATE OR REPLACE FUNCTION queue_app_close(
  p_actor uuid, p_owner uuid, p_side text, p_item uuid, p_event text, p_settled bigint, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_locked record := queue_app_lock_item(p_owner, p_side, p_item, p_event);
  v_item queue_app_queueitem := v_locked.item;
  v_ran boolean := v_item.status = 'started';
  v_rejoins boolean := (v_locked.queue).auto_rejoin AND p_reason NOT IN ('performer_disconnected', 'timeout');
  v_steps jsonb := '[]';
  v_money jsonb;
  v_queue jsonb;
  v_told jsonb;
BEGIN
  IF v_locked.refusal IS NOT NULL THEN
    RETURN v_locked.refusal;
  END IF;
  IF (v_locked.queue).depth = 1 AND (v_rejoins OR NOT v_ran) THEN
    -- Nothing of hers will wait: the pool's lock comes before the money's.
    PERFORM queue_app_lock_pool(false);
  END IF;
  IF p_event = 'finish' THEN
    v_money := wallet_settle_hold(p_actor, queue_app_money_key(p_item, 'settle'), v_item.hold_id, p_settled);
  ELSE
    v_money := wallet_refund_hold(p_actor, queue_app_money_key(p_item, 'refund'), v_item.hold_id, p_reason);
  END IF;
  IF v_money ? 'refusal' THEN
    RETURN v_money;
  END IF;
  v_item := queue_app_end_item(p_actor, v_item, p_event, p_reason, v_money);
  UPDATE queue_app_performerqueue SET depth = depth - 1, version = version + 1
   WHERE performer_id = v_item.performer_id;
  IF v_ran THEN
    v_steps := queue_app_end_performance(p_actor, v_item.performer_id, p_event, v_rejoins);
  END IF;
  IF v_item.performer_id IS NOT NULL THEN
    v_queue := queue_app_snapshot(v_item.performer_id, true);
  END IF;
  PERFORM queue_app_arm(v_item.performer_id);
  v_told := queue_app_tell(p_actor, v_item, CASE
    WHEN p_event = 'finish' THEN CASE v_item.refunded_tokens WHEN 0 THEN 'finished' ELSE 'partial' END
    WHEN p_reason = 'user_cancelled' THEN 'cancelled'
    WHEN p_event = 'abandon' OR v_ran THEN 'abandoned' ELSE 'refunded' END);
  IF NOT v_ran THEN
    v_told := v_told || queue_app_tell_line(v_queue -> 'waiting');
  END IF;
  RETURN jsonb_build_object(
    'item', queue_app_wire(v_item), 'steps', v_steps, 'wallet', v_money, 'queue', v_queue, 'notices', v_told,
    'settlement', jsonb_build_object(
      'transferId', v_money -> 'transfer_id', 'settled', v_money -> 'settled', 'refunded', v_money -> 'refunded',
      'reason', NULLIF(v_item.refund_reason, '')),
    'taken', queue_app_take(v_item.performer_id),
    'pool', CASE WHEN v_queue IS NULL THEN queue_app_pool_places() END);
END
$$;
