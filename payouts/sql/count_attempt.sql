-- grant: none
-- Count an attempt under the lock of her earnings, which the caller took in an earlier statement. NULL: it was within
-- the limit and is written down; else when the next one counts. What came too often is not counted again.
CREATE OR REPLACE FUNCTION payouts_count_attempt(p_performer uuid, p_limit integer, p_window_seconds integer)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_now timestamptz := clock_timestamp();
  v_window interval := make_interval(secs => p_window_seconds);
  v_free timestamptz := (
    SELECT at + v_window FROM payouts_attempt WHERE performer_id = p_performer AND at > v_now - v_window
    ORDER BY at DESC OFFSET p_limit - 1 LIMIT 1);
BEGIN
  IF v_free IS NOT NULL THEN
    RETURN jsonb_build_object('refusal', 'RATE_LIMIT_EXCEEDED', 'reset_time', v_free,
      'retry_after', ceil(extract(epoch FROM v_free - v_now))::integer);
  END IF;
  INSERT INTO payouts_attempt (performer_id, at) VALUES (p_performer, v_now);
  RETURN NULL;
END
$$;
