-- grant: app
-- Open the accounts that an owner's profiles call for: a viewer's two live ones, a performer's three. Again: nothing.
CREATE OR REPLACE FUNCTION wallet_open_accounts(p_owner uuid) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_kinds text[] := '{}';
  v_opened integer;
BEGIN
  IF EXISTS (SELECT FROM accounts_viewer WHERE user_id = p_owner) THEN
    v_kinds := v_kinds || ARRAY['available', 'escrow'];
  END IF;
  IF EXISTS (SELECT FROM accounts_performer WHERE user_id = p_owner) THEN
    v_kinds := v_kinds || ARRAY['earned', 'payout_pending', 'receivable'];
  END IF;
  IF v_kinds = '{}' THEN
    RETURN wallet_refuse('NOT_FOUND');
  END IF;
  INSERT INTO wallet_account (owner_id, kind)
  SELECT p_owner, kind FROM unnest(v_kinds) AS kind ORDER BY kind
  ON CONFLICT ON CONSTRAINT wallet_account_once DO NOTHING;
  GET DIAGNOSTICS v_opened = ROW_COUNT;
  RETURN jsonb_build_object('opened', v_opened);
END
$$;
