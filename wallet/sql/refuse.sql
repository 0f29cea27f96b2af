-- grant: none
-- A refusal as a value: its code and the facts that go with it.
CREATE OR REPLACE FUNCTION wallet_refuse(p_code text, p_facts jsonb DEFAULT '{}') RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
  SELECT jsonb_build_object('refusal', p_code) || p_facts
$$;
