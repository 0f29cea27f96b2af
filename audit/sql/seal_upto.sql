-- grant: none
-- Seals all entries whose transactions lie below p_upto into the chain's next block. The greatest id there is ends an
-- epoch: no transaction lies beyond it, so the block after it counts from nought again, above the entries sealed so far.
CREATE OR REPLACE FUNCTION audit_seal_upto(p_upto xid8) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_end CONSTANT xid8 := '18446744073709551615';
    v_last audit_seal%ROWTYPE;
    v_epoch int := 1;
    v_floor bigint := 0;
    v_from xid8 := '0';
    v_prev bytea := sha256('model-menus audit'::bytea);
    v_ids bigint[];
    v_digests bytea;
    v_hash bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit_seal', 0));
    SELECT * INTO v_last FROM audit_seal ORDER BY id DESC LIMIT 1;
    IF FOUND THEN
        v_epoch := v_last.epoch;
        v_floor := v_last.floor_id;
        v_from := v_last.upto_xid;
        v_prev := v_last.hash;
    END IF;
    IF v_from = v_end AND p_upto <> v_end THEN
        v_epoch := v_epoch + 1;
        v_from := '0';
        SELECT coalesce(max(e), 0) INTO v_floor FROM audit_seal s, unnest(s.ids) AS e;
    END IF;
    SELECT coalesce(array_agg(e.id ORDER BY e.created_xid, e.id), '{}'),
           coalesce(string_agg(audit_entry_digest(e), ''::bytea ORDER BY e.created_xid, e.id), ''::bytea)
      INTO v_ids, v_digests
      FROM audit_auditentry e
     WHERE e.id > v_floor AND e.created_xid >= v_from AND e.created_xid < p_upto;
    IF cardinality(v_ids) = 0 AND p_upto <> v_end THEN
        RETURN jsonb_build_object('sealed', 0, 'head', encode(v_prev, 'hex'), 'more', false);
    END IF;
    v_hash := audit_block_hash(v_prev, v_epoch, v_floor, v_from, p_upto, v_ids, v_digests);
    INSERT INTO audit_seal (epoch, floor_id, from_xid, upto_xid, ids, digests, prev_hash, hash)
    VALUES (v_epoch, v_floor, v_from, p_upto, v_ids, v_digests, v_prev, v_hash);
    RETURN jsonb_build_object('sealed', cardinality(v_ids), 'head', encode(v_hash, 'hex'), 'more', false);
END;
$$;
