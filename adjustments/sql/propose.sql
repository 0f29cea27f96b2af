-- grant: app
-- Propose a correction, once by key. What counts for the number of people is read under the locks of the owner's
-- accounts, so that slices proposed at once are all counted. Where one is enough it is booked at once.
CREATE OR REPLACE FUNCTION adjustments_propose(
  p_actor uuid, p_key text, p_owner uuid, p_bucket text, p_direction text, p_tokens bigint, p_ticket text,
  p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_id uuid := core_uuid7();
  v_seen adjustments_adjustment%ROWTYPE;
  v_counted bigint;
  v_needed integer;
  v_moved jsonb;
  v_refusal jsonb := wallet_check_tokens(p_tokens);
BEGIN
  IF v_refusal IS NOT NULL THEN
    RETURN v_refusal;
  ELSIF p_actor = p_owner THEN
    RETURN jsonb_build_object('refusal', 'CANNOT_ADJUST_OWN_WALLET');
  END IF;
  v_refusal := wallet_open_accounts(p_owner);
  IF v_refusal ? 'refusal' THEN
    RETURN v_refusal;
  END IF;
  PERFORM wallet_lock_owner(p_owner);
  IF NOT EXISTS (SELECT FROM wallet_account WHERE owner_id = p_owner AND kind = p_bucket) THEN
    RETURN jsonb_build_object('refusal', 'NOT_FOUND');
  END IF;
  SELECT * INTO v_seen FROM adjustments_adjustment WHERE proposed_by_id = p_actor AND key = p_key;
  IF FOUND THEN
    RETURN CASE WHEN (v_seen.owner_id, v_seen.bucket, v_seen.direction, v_seen.tokens, v_seen.ticket, v_seen.reason)
                   = (p_owner, p_bucket, p_direction, p_tokens, p_ticket, p_reason)
                THEN adjustments_tell(v_seen.id) || '{"replayed": true}'
                ELSE jsonb_build_object('refusal', 'DUPLICATE_IDEMPOTENCY_KEY') END;
  END IF;
  SELECT p_tokens + COALESCE(sum(tokens), 0) INTO v_counted FROM adjustments_adjustment
   WHERE owner_id = p_owner AND status <> 'rejected' AND created_at > statement_timestamp() - interval '24 hours'
     AND (proposed_by_id = p_actor OR lower(ticket) = lower(p_ticket));
  v_needed := adjustments_people_needed(v_counted);
  IF v_needed = 1 THEN
    v_moved := adjustments_book(p_actor, v_id, p_owner, p_bucket, p_direction, p_tokens, p_reason);
    IF v_moved ? 'refusal' THEN
      RETURN v_moved;
    END IF;
  END IF;
  INSERT INTO adjustments_adjustment (id, owner_id, bucket, direction, tokens, ticket, reason, counted_tokens,
    people_needed, proposed_by_id, key, status, transfer_id, created_at, decided_at)
  VALUES (v_id, p_owner, p_bucket, p_direction, p_tokens, p_ticket, p_reason, v_counted, v_needed, p_actor, p_key,
    CASE v_needed WHEN 1 THEN 'booked' ELSE 'proposed' END, (v_moved ->> 'transfer_id')::uuid, statement_timestamp(),
    CASE v_needed WHEN 1 THEN statement_timestamp() END);
  INSERT INTO adjustments_decision (adjustment_id, staff_id, verb, large, reason, at)
  VALUES (v_id, p_actor, 'propose', false, p_reason, clock_timestamp());
  RETURN adjustments_tell(v_id, v_moved);
END
$$;
