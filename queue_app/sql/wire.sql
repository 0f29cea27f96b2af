-- grant: none
-- An item as it goes on the wire (S2); the same shape as queue_app/api/serializers.py makes of a read. PL/pgSQL, as a
-- plain SQL function would be planned anew at every call.
CREATE OR REPLACE FUNCTION queue_app_wire(p_item queue_app_queueitem) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_here record;
BEGIN
  IF p_item.performer_id IS NULL THEN
    SELECT place, wait_seconds INTO v_here FROM queue_app_pool() WHERE item_id = p_item.id;
  ELSE
    SELECT place, wait_seconds INTO v_here FROM queue_app_places(p_item.performer_id)
     WHERE item_id = p_item.id AND p_item.status IN ('created', 'started');
  END IF;
  RETURN jsonb_build_object(
    'id', p_item.id,
    'idempotencyKey', p_item.idempotency_key,
    'sourceFeature', p_item.source_feature,
    'sourceEventId', p_item.source_event_id,
    'performerId', p_item.performer_id,
    'userId', p_item.viewer_id,
    'escrowTransactionId', p_item.hold_id,
    'tokens', p_item.tokens,
    'title', p_item.title,
    'description', p_item.description,
    'durationSeconds', p_item.duration_seconds,
    'metadata', p_item.metadata,
    'note', CASE jsonb_typeof(p_item.metadata -> 'note') WHEN 'string' THEN p_item.metadata ->> 'note' ELSE '' END,
    'status', p_item.status,
    'position', v_here.place,
    'estimatedWaitSeconds', v_here.wait_seconds,
    'passThroughMode', p_item.sequence IS NULL AND p_item.performer_id IS NOT NULL,
    'nextAvailable', p_item.next_available,
    'createdAt', queue_app_iso(p_item.created_at),
    'startedAt', queue_app_iso(p_item.started_at),
    'endsAt', CASE WHEN p_item.deadline_step IN ('duration', 'maximum') THEN queue_app_iso(p_item.ends_at) END,
    'pausedAt', queue_app_iso(p_item.paused_at),
    'remainingSeconds', ceil(extract(epoch FROM p_item.ends_at - p_item.paused_at))::integer,
    'finishedAt', queue_app_iso(p_item.finished_at),
    'abandonedAt', queue_app_iso(p_item.abandoned_at),
    'refundedAt', queue_app_iso(p_item.refunded_at),
    'reversedAt', queue_app_iso(p_item.reversed_at),
    'settled', p_item.settled_tokens > 0,
    'settledAt', CASE WHEN p_item.settled_tokens > 0 THEN queue_app_iso(p_item.finished_at) END,
    'settlementTransactionId', p_item.settlement_transfer_id,
    'refundReason', NULLIF(p_item.refund_reason, ''),
    'settledTokens', p_item.settled_tokens,
    'refundedTokens', p_item.refunded_tokens,
    'version', p_item.version);
END
$$;
