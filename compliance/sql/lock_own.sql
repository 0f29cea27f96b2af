-- grant: none
-- A viewer's row, made where it is missing, locked, as it holds now; all NULL where he is no viewer.
CREATE OR REPLACE FUNCTION compliance_lock_own(p_viewer uuid) RETURNS compliance_viewerlimits
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_own compliance_viewerlimits%ROWTYPE;
BEGIN
  IF EXISTS (SELECT FROM accounts_viewer WHERE user_id = p_viewer) THEN
    INSERT INTO compliance_viewerlimits (viewer_id) VALUES (p_viewer) ON CONFLICT DO NOTHING;
  END IF;
  SELECT * INTO v_own FROM compliance_viewerlimits WHERE viewer_id = p_viewer FOR NO KEY UPDATE;
  RETURN compliance_current(v_own);
END
$$;
