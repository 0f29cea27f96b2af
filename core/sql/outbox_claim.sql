-- grant: app
-- Take one message that is due, of one of these kinds, for p_lease_seconds: who dies with it loses it to the next one
-- after that time. NULL: none is due. The attempt is counted here, so that a message that kills its workers is noticed.
CREATE OR REPLACE FUNCTION core_outbox_claim(p_kinds jsonb, p_lease_seconds double precision) RETURNS jsonb
LANGUAGE sql VOLATILE
AS $$
  UPDATE core_outboxmessage
  SET attempts = attempts + 1, next_at = statement_timestamp() + make_interval(secs => p_lease_seconds)
  WHERE id = (
    SELECT id FROM core_outboxmessage
    WHERE state = 'waiting' AND next_at <= statement_timestamp() AND p_kinds ? kind
    ORDER BY next_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED)
  RETURNING jsonb_build_object(
    'id', id, 'kind', kind, 'key', key, 'payload', payload, 'attempt', attempts, 'created_at', created_at)
$$;
