-- grant: app
-- A viewer asks for whoever is next: the key, the hold, the item and, where somebody in the line may take it at once, its
-- performer, in one statement. Locks: key → pool → item → hold → accounts; performers only where nobody holds them.
-- Answers {"answer": the item as it goes on the wire, "queued": what queue_app_enqueue answered, "version": the wallet's},
-- {"replay": …} for a used key, or {"refusal": …}. A refusal gives the key back: the service decides which refusals are
-- remembered under it.
CREATE OR REPLACE FUNCTION queue_app_request(
  p_actor uuid, p_key text, p_fingerprint bytea, p_tokens bigint, p_title text, p_duration integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_feature constant text := 'next_available';
  v_request uuid := core_uuid7();
  v_event text := v_feature || ':' || v_request;
  v_answer jsonb := core_claim_key(p_actor, p_key, p_fingerprint);
  v_hold jsonb;
  v_queued jsonb;
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  v_answer := COALESCE(queue_app_admit_next(p_actor), compliance_allow(p_actor, p_tokens, 'purchase'));
  IF v_answer IS NULL THEN
    v_hold := wallet_place_hold(p_actor, v_event || ':hold', p_actor, NULL, p_tokens, NULL);
    v_answer := CASE WHEN v_hold ? 'refusal' THEN v_hold END;
  END IF;
  IF v_answer IS NOT NULL THEN
    PERFORM core_release_key(p_actor, p_key);
    RETURN v_answer;
  END IF;
  v_queued := queue_app_enqueue(
    p_actor, v_event || ':enqueue', v_feature, v_request::text, NULL, p_actor, (v_hold ->> 'hold_id')::uuid, p_tokens,
    p_title, '', p_duration, '{}');
  IF v_queued ? 'refusal' THEN
    RAISE EXCEPTION 'admitted, then refused: %', v_queued ->> 'refusal';
  END IF;
  PERFORM core_store_answer(p_actor, p_key, 200, v_queued -> 'item');
  RETURN jsonb_build_object('answer', v_queued -> 'item', 'queued', v_queued, 'version', v_hold -> 'version');
END
$$;
