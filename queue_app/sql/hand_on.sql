-- grant: none
-- A waiting item that was for whoever is next goes from its performer to the next one who may take it, or back to wait,
-- where its age gives it its place. The caller holds her locks and the item's, and has not taken the pool's lock or an
-- account's before; she does not get it again in this step. Answers {item, queue, taken}: `queue` is hers after it,
-- `taken` what queue_app_assign answered, if somebody could take it. The refusal is NOT_FOUND where the item is none of
-- this kind.
CREATE OR REPLACE FUNCTION queue_app_hand_on(p_actor uuid, p_item uuid, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_item queue_app_queueitem;
  v_from uuid;
  v_next uuid;
  v_taken jsonb := '[]';
BEGIN
  PERFORM queue_app_lock_pool(true);
  SELECT performer_id INTO v_from FROM queue_app_queueitem
   WHERE id = p_item AND next_available AND performer_id IS NOT NULL AND status = 'created' FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('refusal', 'NOT_FOUND');
  END IF;
  INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, actor_id, reason, at)
  SELECT id, version + 1, 'release', status, status, p_actor, p_reason, clock_timestamp()
    FROM queue_app_queueitem WHERE id = p_item;
  UPDATE queue_app_queueitem SET performer_id = NULL, sequence = NULL, version = version + 1
   WHERE id = p_item RETURNING * INTO v_item;
  UPDATE queue_app_performerqueue SET depth = depth - 1, version = version + 1 WHERE performer_id = v_from;
  PERFORM queue_app_arm(v_from);
  v_next := queue_app_next_performer(v_item.viewer_id, v_from);
  IF v_next IS NOT NULL THEN
    v_taken := jsonb_build_array(queue_app_assign(p_item, v_next));
  END IF;
  RETURN jsonb_build_object(
    'item', queue_app_wire(v_item), 'queue', queue_app_snapshot(v_from, true), 'taken', v_taken);
END
$$;
