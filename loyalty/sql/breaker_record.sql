-- grant: app
-- What a call came to. Closed: p_most failures within p_within_seconds, or half of the last twenty calls, open it for
-- p_open_seconds. Half open: only the claimed probe counts; a failure opens it again, the second success closes it.
-- {"state": afterwards}
CREATE OR REPLACE FUNCTION loyalty_breaker_record(
  p_name text, p_failed boolean, p_probe bigint, p_most integer, p_within_seconds double precision,
  p_open_seconds double precision) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_row loyalty_breaker%ROWTYPE;
  v_before text;
  v_now timestamptz;
BEGIN
  PERFORM FROM loyalty_breaker WHERE name = p_name FOR NO KEY UPDATE;
  SELECT * INTO STRICT v_row FROM loyalty_breaker WHERE name = p_name;
  v_before := v_row.state;
  v_now := clock_timestamp();
  IF v_before = 'closed' AND p_probe IS NULL THEN
    v_row.outcomes := right(v_row.outcomes || p_failed::integer, 20);
    IF p_failed THEN
      v_row.failures := (v_row.failures || v_now)[GREATEST(1, cardinality(v_row.failures) + 2 - p_most):];
    END IF;
    IF p_failed AND (
      (cardinality(v_row.failures) = p_most AND v_row.failures[1] > v_now - make_interval(secs => p_within_seconds))
      OR (length(v_row.outcomes) = 20 AND length(replace(v_row.outcomes, '0', '')) >= 10)) THEN
      v_row.state := 'open';
    END IF;
  ELSIF v_before = 'half_open' AND p_probe = v_row.probe THEN
    v_row.successes := v_row.successes + (NOT p_failed)::integer;
    v_row.state := CASE WHEN p_failed THEN 'open' WHEN v_row.successes >= 2 THEN 'closed' ELSE 'half_open' END;
    v_row.probe_until := v_now;
  ELSE
    RETURN jsonb_build_object('state', v_before);
  END IF;
  IF v_row.state = 'open' THEN
    v_row.opened_at := v_now;
    v_row.probe_until := v_now + make_interval(secs => p_open_seconds);
  END IF;
  IF v_row.state IN ('open', 'closed') AND v_row.state <> v_before THEN
    v_row.failures := '{}';
    v_row.outcomes := '';
    v_row.successes := 0;
  END IF;
  UPDATE loyalty_breaker
  SET state = v_row.state, failures = v_row.failures, outcomes = v_row.outcomes, opened_at = v_row.opened_at,
      probe_until = v_row.probe_until, successes = v_row.successes
  WHERE name = p_name;
  RETURN jsonb_build_object('state', v_row.state);
END
$$;
