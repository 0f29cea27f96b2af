-- grant: none
-- Open an owner's accounts where the one of this kind is missing. Called before any account is locked, so that a wait
-- for a twin who opens the same ones never happens under a lock.
CREATE OR REPLACE FUNCTION wallet_need_accounts(p_owner uuid, p_kind text) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM wallet_account WHERE owner_id = p_owner AND kind = p_kind AND slice = 0) THEN
    PERFORM wallet_open_accounts(p_owner);
  END IF;
END
$$;
