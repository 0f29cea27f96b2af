-- grant: none
-- Lock all accounts of an owner, in id order: what is decided about her as a whole is decided by one at a time.
CREATE OR REPLACE FUNCTION wallet_lock_owner(p_owner uuid) RETURNS void
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  PERFORM FROM wallet_account WHERE owner_id = p_owner ORDER BY id FOR NO KEY UPDATE;
END
$$;
