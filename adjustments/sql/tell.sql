-- grant: none
-- What a verb answers: the correction as it is now, how many have agreed, and what the booking moved (null: nothing).
CREATE OR REPLACE FUNCTION adjustments_tell(p_adjustment uuid, p_moved jsonb DEFAULT NULL) RETURNS jsonb
LANGUAGE sql VOLATILE
AS $$
  SELECT jsonb_build_object(
    'id', id, 'owner_id', owner_id, 'bucket', bucket, 'direction', direction, 'tokens', tokens, 'ticket', ticket,
    'status', status, 'people_needed', people_needed, 'transfer_id', transfer_id, 'moved', p_moved,
    'people', (SELECT count(*) FROM adjustments_decision WHERE adjustment_id = p_adjustment AND verb <> 'reject'))
  FROM adjustments_adjustment WHERE id = p_adjustment
$$;
