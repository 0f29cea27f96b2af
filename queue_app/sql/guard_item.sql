-- grant: none
-- The table refuses what the functions would never do: an item born anywhere but created, a change that is not in the
-- transition table, one without its version and its row of history, another price, owner or place, and forgetting. Only
-- an item for whoever is next changes its performer, by the steps named for it; a requeued one goes to the end. When its
-- end is tried again is no step.
CREATE OR REPLACE FUNCTION queue_app_guard_item() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.status = 'created' AND NEW.version = 1 THEN
    RETURN NEW;
  ELSIF TG_OP = 'UPDATE' AND EXISTS (
    SELECT FROM queue_app_queueevent e
      JOIN queue_app_transition t USING (event, from_status, to_status)
     WHERE e.item_id = OLD.id AND e.version = NEW.version AND NEW.version = OLD.version + 1
       AND e.from_status = OLD.status AND e.to_status = NEW.status
       AND ((NEW.performer_id, NEW.sequence) IS NOT DISTINCT FROM (OLD.performer_id, OLD.sequence)
            OR (OLD.next_available AND e.event IN ('assign', 'release'))
            OR (e.event = 'requeue' AND NEW.performer_id = OLD.performer_id AND NEW.sequence > OLD.sequence))
  ) AND (NEW.id, NEW.next_available, NEW.viewer_id, NEW.hold_id, NEW.tokens, NEW.source_feature,
         NEW.source_event_id, NEW.idempotency_key, NEW.created_at)
    IS NOT DISTINCT FROM
        (OLD.id, OLD.next_available, OLD.viewer_id, OLD.hold_id, OLD.tokens, OLD.source_feature,
         OLD.source_event_id, OLD.idempotency_key, OLD.created_at) THEN
    RETURN NEW;
  ELSIF TG_OP = 'UPDATE' AND NEW.retry_at IS DISTINCT FROM OLD.retry_at
    AND to_jsonb(NEW) - 'retry_at' = to_jsonb(OLD) - 'retry_at' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'this is not a step of the transition table with its version and its history'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'queue_app_legal_steps_only';
END
$$;
