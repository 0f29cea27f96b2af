-- grant: app
-- Ask for a delivery in the transaction of its cause, so that both happen or neither. True: the row is new. False: nobody
-- wants this kind now (then nothing is written), or the key was asked for before.
CREATE OR REPLACE FUNCTION core_outbox_put(p_kind text, p_key text, p_payload jsonb) RETURNS boolean
LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
  INSERT INTO core_outboxmessage (kind, key, payload)
  SELECT p_kind, p_key, p_payload FROM core_outboxkind WHERE kind = p_kind AND enabled
  ON CONFLICT ON CONSTRAINT outbox_key_once DO NOTHING;
  RETURN FOUND;
END
$$;
