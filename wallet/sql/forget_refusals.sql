-- grant: app
-- Forget refusals that are older than the 30 days their keys are kept, p_limit of them at most; answers how many. What
-- moved tokens is never forgotten: its key stays taken for good. Ids begin with the millisecond, so that the last
-- p_days of what is due are a walk along the key; what was missed for longer stays, and harms nobody.
CREATE OR REPLACE FUNCTION wallet_forget_refusals(p_limit integer, p_days integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_due timestamptz := now() - interval '30 days';
  v_number integer;
BEGIN
  DELETE FROM wallet_operation WHERE id IN (
    SELECT id FROM wallet_operation
    WHERE id >= (lpad(to_hex((extract(epoch FROM v_due - make_interval(days => p_days)) * 1000)::bigint), 12, '0')
                 || repeat('0', 20))::uuid
      AND id < (lpad(to_hex((extract(epoch FROM v_due) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
      AND created_at < v_due AND result ? 'refusal'
    ORDER BY id LIMIT p_limit);
  GET DIAGNOSTICS v_number = ROW_COUNT;
  RETURN v_number;
END
$$;
