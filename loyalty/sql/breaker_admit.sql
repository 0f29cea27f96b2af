-- grant: app
-- May one call go out? Closed: yes. Open, its time not over: no. Open and over, or half open: ONE caller gets the probe,
-- claimed by this UPDATE for p_probe_seconds; the others hear how long to wait. The probe's number fences its answer:
-- who lost the claim has no say. {"probe": n | null} | {"wait": seconds}
CREATE OR REPLACE FUNCTION loyalty_breaker_admit(p_name text, p_probe_seconds double precision) RETURNS jsonb
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_row loyalty_breaker%ROWTYPE;
BEGIN
  INSERT INTO loyalty_breaker (name) VALUES (p_name) ON CONFLICT (name) DO NOTHING;
  UPDATE loyalty_breaker
  SET state = 'half_open', probe = probe + 1,
      probe_until = clock_timestamp() + make_interval(secs => p_probe_seconds)
  WHERE name = p_name AND state <> 'closed' AND probe_until <= clock_timestamp()
    AND COALESCE(rest_until <= clock_timestamp(), true)
  RETURNING * INTO v_row;
  IF FOUND THEN
    RETURN jsonb_build_object('probe', v_row.probe);
  END IF;
  SELECT * INTO STRICT v_row FROM loyalty_breaker WHERE name = p_name;
  IF v_row.state = 'closed' AND COALESCE(v_row.rest_until <= clock_timestamp(), true) THEN
    RETURN jsonb_build_object('probe', NULL);
  END IF;
  RETURN jsonb_build_object('wait', GREATEST(0.1, extract(epoch FROM GREATEST(
    CASE WHEN v_row.state <> 'closed' THEN v_row.probe_until END, v_row.rest_until) - clock_timestamp())));
END
$$;
