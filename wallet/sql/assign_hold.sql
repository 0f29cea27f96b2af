-- grant: none
-- A "next available" hold gets its performer, once. Answers as wallet_adopt_hold does.
CREATE OR REPLACE FUNCTION wallet_assign_hold(p_hold uuid, p_performer uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_locked record;
BEGIN
  PERFORM wallet_need_accounts(p_performer, 'earned');
  v_locked := wallet_lock_hold(p_hold);
  IF v_locked.refusal IS NOT NULL THEN
    RETURN v_locked.refusal;
  END IF;
  UPDATE wallet_hold SET performer_id = p_performer WHERE id = p_hold;
  RETURN jsonb_build_object('hold_id', p_hold, 'viewer_id', (v_locked.hold).viewer_id,
    'performer_id', p_performer, 'tokens', (v_locked.hold).amount);
END
$$;
