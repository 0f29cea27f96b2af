-- grant: none
-- An item that waited for whoever is next becomes hers: the last in her queue. The caller holds her locks and the item's.
-- Answers {item, queue, notices, pool}: what its viewer, her devices and those who still wait for anybody are told. Her
-- wallet learns of it only at the start.
CREATE OR REPLACE FUNCTION queue_app_assign(p_item uuid, p_performer uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_item queue_app_queueitem;
  v_queue queue_app_performerqueue;
BEGIN
  UPDATE queue_app_performerqueue SET next_sequence = next_sequence + 1, depth = depth + 1, version = version + 1
   WHERE performer_id = p_performer RETURNING * INTO v_queue;
  INSERT INTO queue_app_queueevent (item_id, version, event, from_status, to_status, actor_id, reason, at)
  SELECT id, version + 1, 'assign', status, status, p_performer, '', clock_timestamp()
    FROM queue_app_queueitem WHERE id = p_item;
  UPDATE queue_app_queueitem
     SET performer_id = p_performer, sequence = v_queue.next_sequence - 1, version = version + 1
   WHERE id = p_item RETURNING * INTO v_item;
  PERFORM queue_app_arm(p_performer);
  RETURN jsonb_build_object(
    'item', queue_app_wire(v_item), 'queue', queue_app_snapshot(p_performer),
    'notices', queue_app_tell(v_item.viewer_id, v_item, 'created'), 'pool', queue_app_pool_places());
END
$$;
