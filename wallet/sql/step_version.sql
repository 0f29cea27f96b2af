-- grant: none
-- Take the step of the wallet's version where only its available row has moved (see wallet_post), and read it. The
-- caller holds the lock of the escrow row.
CREATE OR REPLACE FUNCTION wallet_step_version(p_escrow uuid) RETURNS bigint
LANGUAGE sql VOLATILE
AS $$
  UPDATE wallet_account
  SET revision = revision + (changed_xid <> pg_current_xact_id())::integer, changed_xid = pg_current_xact_id()
  WHERE id = p_escrow RETURNING revision
$$;
