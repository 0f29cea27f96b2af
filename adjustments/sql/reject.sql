-- grant: app
-- Somebody says no, who proposed it included: it will never be booked. Whose wallet it is has no say in it.
CREATE OR REPLACE FUNCTION adjustments_reject(p_actor uuid, p_adjustment uuid, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_locked record := adjustments_lock_open(p_adjustment);
BEGIN
  IF v_locked.refusal IS NOT NULL THEN
    RETURN v_locked.refusal;
  ELSIF (v_locked.adjustment).owner_id = p_actor THEN
    RETURN jsonb_build_object('refusal', 'CANNOT_ADJUST_OWN_WALLET');
  END IF;
  UPDATE adjustments_adjustment SET status = 'rejected', decided_at = clock_timestamp() WHERE id = p_adjustment;
  INSERT INTO adjustments_decision (adjustment_id, staff_id, verb, large, reason, at)
  VALUES (p_adjustment, p_actor, 'reject', false, p_reason, clock_timestamp());
  RETURN adjustments_tell(p_adjustment);
END
$$;
