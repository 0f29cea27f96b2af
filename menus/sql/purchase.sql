-- grant: app
-- Buy one item: the key, the price of this moment, a place in her queue, the hold and the answer in one statement.
-- Locks as everywhere: key → performer state → performer queue → queue item → hold → accounts. Answers {"answer": the
-- JSON body, "after": what to announce}, {"replay": …} for a used key, or {"refusal": …}. A refusal gives the key back:
-- the service decides which refusals are remembered under it.
CREATE OR REPLACE FUNCTION menus_purchase(
  p_actor uuid, p_key text, p_fingerprint bytea, p_item uuid, p_note text, p_zone text
) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_feature constant text := 'performer_menu';
  v_kept jsonb;
  v_offer record;
  v_refusal jsonb;
  v_hold jsonb;
  v_queued jsonb;
  v_answer jsonb;
  v_purchase uuid := core_uuid7();
  v_event text := v_feature || ':' || v_purchase;
BEGIN
  v_kept := core_claim_key(p_actor, p_key, p_fingerprint);
  IF v_kept IS NOT NULL THEN
    RETURN v_kept;
  END IF;

  SELECT * INTO v_offer FROM menus_offer(p_item, p_actor);
  IF NOT FOUND THEN
    v_refusal := jsonb_build_object('refusal', 'NOT_FOUND');
  ELSIF v_offer.performer_id = p_actor THEN
    v_refusal := jsonb_build_object('refusal', 'CANNOT_BUY_OWN_ITEM');
  ELSE
    v_refusal := queue_app_admit(v_offer.performer_id);
  END IF;

  -- Her state and queue are locked now: what was read before the wait is read again.
  IF v_refusal IS NULL THEN
    SELECT * INTO v_offer FROM menus_offer(p_item, p_actor);
    IF NOT FOUND THEN
      v_refusal := jsonb_build_object('refusal', 'NOT_FOUND');
    ELSIF v_offer.max_daily_purchases <= (
      SELECT count(*) FROM menus_purchase b
      WHERE b.item_id = p_item AND b.viewer_id = p_actor
        AND b.at >= date_trunc('day', now() AT TIME ZONE p_zone) AT TIME ZONE p_zone)
    THEN
      v_refusal := jsonb_build_object('refusal', 'CANNOT_BUY_MORE_TODAY', 'limit', v_offer.max_daily_purchases);
    END IF;
  END IF;

  IF v_refusal IS NULL THEN
    v_refusal := compliance_allow(p_actor, v_offer.price, 'purchase');
  END IF;
  IF v_refusal IS NULL THEN
    v_hold := wallet_place_hold(p_actor, v_event || ':hold', p_actor, v_offer.performer_id, v_offer.price, NULL);
    IF v_hold ? 'refusal' THEN
      v_refusal := v_hold;
    END IF;
  END IF;
  IF v_refusal IS NOT NULL THEN
    PERFORM core_release_key(p_actor, p_key);
    RETURN v_refusal;
  END IF;

  v_queued := queue_app_enqueue(
    p_actor, v_event || ':enqueue', v_feature, v_purchase::text, v_offer.performer_id, p_actor,
    (v_hold ->> 'hold_id')::uuid, v_offer.price, v_offer.name, v_offer.description, v_offer.duration_seconds,
    jsonb_strip_nulls(jsonb_build_object(
      'purchaseId', v_purchase, 'menuItemId', p_item, 'note', NULLIF(p_note, ''))));
  IF v_queued ? 'refusal' THEN
    RAISE EXCEPTION 'admitted, then refused: %', v_queued ->> 'refusal';
  END IF;

  INSERT INTO menus_purchase (id, item_id, performer_id, viewer_id, price, hold_id, queue_item_id, note)
  VALUES (v_purchase, p_item, v_offer.performer_id, p_actor, v_offer.price, (v_hold ->> 'hold_id')::uuid,
          (v_queued -> 'item' ->> 'id')::uuid, p_note);

  -- What passed straight through is in escrow no more.
  v_answer := jsonb_build_object(
    'purchaseId', v_purchase, 'holdId', v_hold ->> 'hold_id', 'queueItem', v_queued -> 'item', 'price', v_offer.price,
    'balance', jsonb_build_object(
      'available', v_hold -> 'available',
      'escrow', (v_hold ->> 'escrow')::bigint - CASE WHEN v_queued ? 'wallet' THEN v_offer.price ELSE 0 END));
  PERFORM core_store_answer(p_actor, p_key, 200, v_answer);
  RETURN jsonb_build_object(
    'answer', v_answer, 'queued', v_queued, 'performer', v_offer.performer_id, 'version', v_hold -> 'version');
END
$$;
