-- grant: none
-- The row of history of a step that is about to be taken.
CREATE OR REPLACE FUNCTION payouts_note_step(p_payout payouts_payout, p_event text, p_actor uuid, p_reason text)
RETURNS void
LANGUAGE sql VOLATILE
AS $$
  INSERT INTO payouts_step (payout_id, version, event, from_status, to_status, actor_id, reason, at)
  SELECT p_payout.id, p_payout.version + 1, event, from_status, to_status, p_actor, p_reason, clock_timestamp()
    FROM payouts_transition WHERE event = p_event AND from_status = p_payout.status
$$;
