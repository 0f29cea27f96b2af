-- grant: none
-- After a restore, with nobody writing: seal everything and let the transaction ids start anew, see audit_new_epoch. The
-- checkpoints' ids mean nothing any more either: every summed balance is the sum of all its transfers again, until the
-- next checkpoint.
CREATE OR REPLACE FUNCTION wallet_new_epoch() RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_sealed bigint := 0;
  v_answer jsonb;
BEGIN
  LOCK TABLE wallet_transfer IN SHARE MODE;
  LOOP
    v_answer := wallet_seal_upto('18446744073709551615');
    v_sealed := v_sealed + (v_answer ->> 'sealed')::bigint;
    EXIT WHEN NOT (v_answer ->> 'more')::boolean;
  END LOOP;
  UPDATE wallet_account SET checkpoint = 0, checkpoint_xid = '0' WHERE checkpoint_xid <> '0';
  RETURN v_answer || jsonb_build_object('sealed', v_sealed);
END
$$;
