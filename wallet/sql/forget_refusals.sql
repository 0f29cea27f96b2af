-- grant: app
-- Forget refusals that are older than the 30 days their keys are kept. What moved tokens is never forgotten: its key
-- stays taken for good. Each call reads the next p_limit operations, refused or not, and keeps how far it came: nothing
-- is read twice, and after a pause of any length it goes on where it stood. Ids begin with the millisecond of their
-- making. Answers {read, forgotten}; read is less than p_limit where nothing more is due.
CREATE OR REPLACE FUNCTION wallet_forget_refusals(p_limit integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_due uuid := (lpad(to_hex((extract(epoch FROM now() - interval '30 days') * 1000)::bigint), 12, '0')
                 || repeat('0', 20))::uuid;
  v_from uuid;
  v_read uuid[];
  v_number integer;
BEGIN
  INSERT INTO wallet_forgetting (id) VALUES (1) ON CONFLICT DO NOTHING;
  SELECT upto INTO v_from FROM wallet_forgetting FOR UPDATE;
  SELECT COALESCE(array_agg(id ORDER BY id), '{}') INTO v_read FROM (
    SELECT id FROM wallet_operation WHERE id > v_from AND id < v_due ORDER BY id LIMIT p_limit) AS due;
  DELETE FROM wallet_operation WHERE id = ANY (v_read) AND result ? 'refusal';
  GET DIAGNOSTICS v_number = ROW_COUNT;
  UPDATE wallet_forgetting SET upto = v_read[cardinality(v_read)] WHERE cardinality(v_read) > 0;
  RETURN jsonb_build_object('read', cardinality(v_read), 'forgotten', v_number);
END
$$;
