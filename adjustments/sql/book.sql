-- grant: none
-- Move the tokens of a correction, once by its id. The one who completes the count is the ledger's actor.
CREATE OR REPLACE FUNCTION adjustments_book(
  p_actor uuid, p_adjustment uuid, p_owner uuid, p_bucket text, p_direction text, p_tokens bigint, p_reason text)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_moved jsonb := wallet_adjust(
    p_actor, 'adjustments:' || p_adjustment || ':book', p_owner, p_bucket, p_direction, p_tokens, p_reason);
BEGIN
  IF v_moved ? 'refusal' OR p_direction <> 'credit' OR p_bucket <> 'available' THEN
    RETURN v_moved;
  END IF;
  RETURN v_moved || jsonb_build_object('notices', jsonb_build_array(notices_put(
    p_owner, 'wallet.points.credited', jsonb_build_object('tokens', p_tokens),
    'wallet.transfer:' || (v_moved ->> 'transfer_id'))));
END
$$;
