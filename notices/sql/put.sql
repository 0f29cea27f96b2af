-- grant: none
-- Tell somebody something, in the transaction of its cause and once for it. Answers {id, owner, key, severity}; with
-- `again` where this cause was told before; NULL where the owner wants no such notice. Variables that the words need
-- must all be there; the texts that are shown now, one a language, are its words for good. Inserts only: it comes last in
-- the order of locks.
CREATE OR REPLACE FUNCTION notices_put(p_owner uuid, p_key text, p_variables jsonb, p_cause text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_known notices_messagekey;
  v_wanted boolean;
  v_notice uuid := core_uuid7();
BEGIN
  SELECT * INTO v_known FROM notices_messagekey WHERE name = p_key;
  IF NOT FOUND OR NOT p_variables ?& v_known.variables::text[] THEN
    RAISE EXCEPTION 'no message % with these variables', p_key;
  END IF;
  SELECT enabled INTO v_wanted FROM notices_preference WHERE owner_id = p_owner AND key = v_known.key;
  IF NOT COALESCE(v_wanted, v_known.default_on) THEN
    RETURN NULL;
  END IF;
  INSERT INTO notices_notice (id, owner_id, key, variables, texts, cause, created_at)
  VALUES (v_notice, p_owner, v_known.key, p_variables, NULLIF(ARRAY(
    SELECT id FROM notices_messageversion WHERE key = v_known.key AND active), '{}'), p_cause, clock_timestamp())
  ON CONFLICT (owner_id, cause) DO NOTHING;
  IF FOUND THEN
    RETURN jsonb_build_object('id', v_notice, 'owner', p_owner, 'key', v_known.key, 'severity', v_known.severity);
  END IF;
  RETURN (
    SELECT jsonb_build_object('id', n.id, 'owner', n.owner_id, 'key', n.key, 'severity', k.severity, 'again', true)
      FROM notices_notice n JOIN notices_messagekey k ON k.name = n.key
     WHERE n.owner_id = p_owner AND n.cause = p_cause);
END
$$;
