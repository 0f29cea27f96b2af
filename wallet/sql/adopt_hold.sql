-- grant: none
-- The hold belongs to a queue item from now on and ends with it: it no longer expires by itself. Answers what it is, or
-- the refusal where it is gone or resolved.
CREATE OR REPLACE FUNCTION wallet_adopt_hold(p_hold uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_locked record := wallet_lock_hold(p_hold);
BEGIN
  IF v_locked.refusal IS NOT NULL THEN
    RETURN v_locked.refusal;
  END IF;
  UPDATE wallet_hold SET expires_at = NULL WHERE id = p_hold;
  RETURN jsonb_build_object('hold_id', p_hold, 'viewer_id', (v_locked.hold).viewer_id,
    'performer_id', (v_locked.hold).performer_id, 'tokens', (v_locked.hold).amount);
END
$$;
