-- grant: app
-- Seals all entries whose transactions are surely over: created_xid below the oldest running transaction.
-- Nothing can appear below that horizon any more, so a block never misses a late commit.
-- p_new_epoch (after a restore, with nobody writing) seals everything and starts the transaction ids anew.
CREATE OR REPLACE FUNCTION audit_seal_block(p_new_epoch boolean DEFAULT false) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_last audit_seal%ROWTYPE;
    v_epoch int := 1;
    v_floor bigint := 0;
    v_from xid8 := '0';
    v_upto xid8;
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
    IF p_new_epoch THEN
        -- The old epoch's last block ends where no transaction id can lie.
        v_upto := '18446744073709551615';
    ELSE
        v_upto := pg_snapshot_xmin(pg_current_snapshot());
        IF v_from = '18446744073709551615'::xid8 THEN
            v_epoch := v_epoch + 1;
            v_from := '0';
            SELECT coalesce(max(e), 0) INTO v_floor FROM audit_seal s, unnest(s.ids) AS e;
        END IF;
    END IF;
    SELECT coalesce(array_agg(e.id ORDER BY e.created_xid, e.id), '{}'),
           coalesce(string_agg(audit_entry_digest(e), ''::bytea ORDER BY e.created_xid, e.id), ''::bytea)
      INTO v_ids, v_digests
      FROM audit_auditentry e
     WHERE e.id > v_floor AND e.created_xid >= v_from AND e.created_xid < v_upto;
    IF cardinality(v_ids) = 0 AND NOT p_new_epoch THEN
        RETURN jsonb_build_object('sealed', 0, 'head', encode(v_prev, 'hex'));
    END IF;
    v_hash := audit_block_hash(v_prev, v_epoch, v_floor, v_from, v_upto, v_ids, v_digests);
    INSERT INTO audit_seal (epoch, floor_id, from_xid, upto_xid, ids, digests, prev_hash, hash)
    VALUES (v_epoch, v_floor, v_from, v_upto, v_ids, v_digests, v_prev, v_hash);
    RETURN jsonb_build_object('sealed', cardinality(v_ids), 'head', encode(v_hash, 'hex'));
END;
$$;
