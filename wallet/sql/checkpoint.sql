-- grant: app
-- Move the checkpoints of the summed accounts up to the horizon: every transaction before it has ended, so no late commit
-- can slip behind. Rows that a debit is at work on wait for the next run.
CREATE OR REPLACE FUNCTION wallet_checkpoint() RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
  v_locked uuid[];
  v_moved integer;
BEGIN
  v_locked := ARRAY(SELECT id FROM wallet_account WHERE kind IN ('earned', 'receivable', 'house')
                    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED);
  UPDATE wallet_account AS account
  SET checkpoint = account.checkpoint + covered.credits - covered.debits, checkpoint_xid = v_horizon
  FROM (
    SELECT summed.id,
           (SELECT COALESCE(sum(amount), 0)::bigint FROM wallet_transfer WHERE credit_account_id = summed.id
            AND created_xid >= summed.checkpoint_xid AND created_xid < v_horizon) AS credits,
           (SELECT COALESCE(sum(amount), 0)::bigint FROM wallet_transfer WHERE debit_account_id = summed.id
            AND created_xid >= summed.checkpoint_xid AND created_xid < v_horizon) AS debits
    FROM wallet_account AS summed WHERE summed.id = ANY (v_locked)
  ) AS covered
  WHERE account.id = covered.id AND covered.credits + covered.debits > 0;
  GET DIAGNOSTICS v_moved = ROW_COUNT;
  RETURN jsonb_build_object('horizon', v_horizon::text, 'accounts', v_moved);
END
$$;
