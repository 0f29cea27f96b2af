-- grant: app
-- One more agrees. The approval that completes the count books in this transaction; where the booking is refused,
-- nothing is written, not even the approval. p_large: this one holds the permission for large corrections.
CREATE OR REPLACE FUNCTION adjustments_approve(p_actor uuid, p_adjustment uuid, p_large boolean, p_reason text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_locked record := adjustments_lock_open(p_adjustment);
  v_asked adjustments_adjustment := v_locked.adjustment;
  v_people integer;
  v_large boolean;
  v_moved jsonb;
BEGIN
  IF v_locked.refusal IS NOT NULL THEN
    RETURN v_locked.refusal;
  ELSIF v_asked.owner_id = p_actor THEN
    RETURN jsonb_build_object('refusal', 'CANNOT_ADJUST_OWN_WALLET');
  ELSIF EXISTS (SELECT FROM adjustments_decision WHERE adjustment_id = p_adjustment AND staff_id = p_actor) THEN
    RETURN jsonb_build_object('refusal', 'CANNOT_APPROVE_TWICE');
  END IF;
  SELECT count(*) + 1, p_large OR bool_or(large) INTO v_people, v_large
    FROM adjustments_decision WHERE adjustment_id = p_adjustment AND verb <> 'reject';
  IF v_people >= v_asked.people_needed THEN
    IF v_asked.people_needed > 2 AND NOT v_large THEN
      RETURN jsonb_build_object('refusal', 'PERMISSION_DENIED', 'message',
        'More than 500 tokens: one of those who approve must hold the permission for large adjustments.');
    END IF;
    v_moved := adjustments_book(p_actor, p_adjustment, v_asked.owner_id, v_asked.bucket, v_asked.direction,
                                v_asked.tokens, v_asked.reason);
    IF v_moved ? 'refusal' THEN
      RETURN v_moved;
    END IF;
    UPDATE adjustments_adjustment
       SET status = 'booked', transfer_id = (v_moved ->> 'transfer_id')::uuid, decided_at = clock_timestamp()
     WHERE id = p_adjustment;
  END IF;
  INSERT INTO adjustments_decision (adjustment_id, staff_id, verb, large, reason, at)
  VALUES (p_adjustment, p_actor, 'approve', p_large, p_reason, clock_timestamp());
  RETURN adjustments_tell(p_adjustment, v_moved);
END
$$;
