-- grant: none
-- Seal the transfers whose transactions lie below p_upto into the chain's next block, 50,000 of them at most (and the rest
-- of the last transaction): "more" says that others wait. The greatest transaction id there is ends an epoch, see
-- audit_seal_upto.
CREATE OR REPLACE FUNCTION wallet_seal_upto(p_upto xid8) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_end CONSTANT xid8 := '18446744073709551615';
  v_last wallet_seal%ROWTYPE;
  v_epoch integer := 1;
  v_floor uuid := '00000000-0000-0000-0000-000000000000';
  v_from xid8 := '0';
  v_upto xid8;
  v_prev bytea := sha256('model-menus transfers'::bytea);
  v_ids uuid[];
  v_digests bytea[];
  v_hash bytea;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('wallet_seal', 0));
  SELECT * INTO v_last FROM wallet_seal ORDER BY id DESC LIMIT 1;
  IF FOUND THEN
    v_epoch := v_last.epoch;
    v_floor := v_last.floor_id;
    v_from := v_last.upto_xid;
    v_prev := v_last.hash;
  END IF;
  IF v_from = v_end AND p_upto <> v_end THEN
    v_epoch := v_epoch + 1;
    v_from := '0';
    v_floor := COALESCE((
      SELECT transfer_id FROM wallet_seal, unnest(ids) AS sealed (transfer_id) ORDER BY transfer_id DESC LIMIT 1), v_floor);
  END IF;
  -- Where the block would grow too long, it ends with the transaction of its 50,000th row.
  v_upto := COALESCE((
    SELECT created_xid FROM wallet_transfer WHERE id > v_floor AND created_xid < p_upto AND created_xid > (
      SELECT created_xid FROM wallet_transfer WHERE id > v_floor AND created_xid >= v_from AND created_xid < p_upto
      ORDER BY created_xid OFFSET 49999 LIMIT 1)
    ORDER BY created_xid LIMIT 1), p_upto);
  SELECT COALESCE(array_agg(transfer.id ORDER BY created_xid, transfer.id), '{}'),
         COALESCE(array_agg(wallet_transfer_digest(transfer) ORDER BY created_xid, transfer.id), '{}')
  INTO v_ids, v_digests
  FROM wallet_transfer AS transfer WHERE id > v_floor AND created_xid >= v_from AND created_xid < v_upto;
  IF v_ids = '{}' AND p_upto <> v_end THEN
    RETURN jsonb_build_object('sealed', 0, 'head', encode(v_prev, 'hex'), 'more', false);
  END IF;
  v_hash := wallet_block_hash(v_prev, v_epoch, v_floor, v_from, v_upto, v_ids, v_digests);
  INSERT INTO wallet_seal (epoch, floor_id, from_xid, upto_xid, ids, digests, prev_hash, hash)
  VALUES (v_epoch, v_floor, v_from, v_upto, v_ids, v_digests, v_prev, v_hash);
  RETURN jsonb_build_object(
    'sealed', cardinality(v_ids), 'head', encode(v_hash, 'hex'), 'more', v_upto <> p_upto);
END
$$;
