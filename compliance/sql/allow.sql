-- grant: app
-- Whether a viewer may spend so many tokens more: NULL, or the refusal. Called inside the transaction that spends, before
-- it locks his accounts; his row stays locked until that transaction ends, so that what he spends is counted exactly
-- under any concurrency. Who has set nothing costs one look at an index. Scope `purchase` knows his own limits and his
-- self-exclusion; `game` knows the house's limits for games of chance too.
CREATE OR REPLACE FUNCTION compliance_allow(p_viewer uuid, p_tokens bigint, p_scope text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_own compliance_viewerlimits%ROWTYPE;
  v_when record;
  v_spent bigint;
BEGIN
  IF p_scope = 'game' THEN
    INSERT INTO compliance_viewerlimits (viewer_id) VALUES (p_viewer) ON CONFLICT DO NOTHING;
  ELSIF p_scope IS DISTINCT FROM 'purchase' THEN
    RAISE EXCEPTION 'nobody spends in the scope %', p_scope;
  END IF;
  SELECT * INTO v_own FROM compliance_viewerlimits WHERE viewer_id = p_viewer FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  v_own := compliance_current(v_own);
  IF v_own.excluded_until IS NOT NULL THEN
    RETURN jsonb_build_object('refusal', 'SELF_EXCLUDED', 'until', v_own.excluded_until);
  END IF;
  IF p_scope = 'game' THEN
    v_own.daily := LEAST(v_own.daily, 2000);
    v_own.weekly := LEAST(v_own.weekly, 10000);
  END IF;
  IF v_own.daily IS NULL AND v_own.weekly IS NULL THEN
    RETURN NULL;
  END IF;
  v_when := compliance_periods();
  v_spent := wallet_spent(p_viewer, v_when.day, v_when.next_day);
  IF v_spent + p_tokens > v_own.daily THEN
    RETURN jsonb_build_object('refusal', 'SPENDING_LIMIT_EXCEEDED', 'period', 'daily',
      'limit', v_own.daily, 'spent', v_spent, 'reset_time', v_when.next_day);
  END IF;
  v_spent := wallet_spent(p_viewer, v_when.week, v_when.next_week);
  IF v_spent + p_tokens > v_own.weekly THEN
    RETURN jsonb_build_object('refusal', 'SPENDING_LIMIT_EXCEEDED', 'period', 'weekly',
      'limit', v_own.weekly, 'spent', v_spent, 'reset_time', v_when.next_week);
  END IF;
  RETURN NULL;
END
$$;
