-- grant: none
-- The hold becomes the item's: it must be open and hold these tokens of this viewer for this performer (or, as the item,
-- for whoever is next). NULL: it is.
CREATE OR REPLACE FUNCTION queue_app_adopt(p_hold uuid, p_viewer uuid, p_performer uuid, p_tokens bigint) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_hold jsonb;
BEGIN
  PERFORM FROM wallet_hold h
   WHERE h.id = p_hold AND h.viewer_id = p_viewer AND h.performer_id IS NOT DISTINCT FROM p_performer
     AND h.amount = p_tokens;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('refusal', 'ESCROW_NOT_FOUND');
  END IF;
  v_hold := wallet_adopt_hold(p_hold);
  RETURN CASE WHEN v_hold ? 'refusal' THEN v_hold END;
END
$$;
