-- grant: none
-- Lock a correction, then read it. The refusal is NULL where it still waits for somebody's word.
CREATE OR REPLACE FUNCTION adjustments_lock_open(
  p_adjustment uuid, OUT adjustment adjustments_adjustment, OUT refusal jsonb)
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  PERFORM FROM adjustments_adjustment WHERE id = p_adjustment FOR NO KEY UPDATE;
  SELECT * INTO adjustment FROM adjustments_adjustment WHERE id = p_adjustment;
  IF NOT FOUND THEN
    refusal := jsonb_build_object('refusal', 'NOT_FOUND');
  ELSIF adjustment.status <> 'proposed' THEN
    refusal := jsonb_build_object('refusal', 'ALREADY_DECIDED', 'state', adjustment.status);
  END IF;
END
$$;
