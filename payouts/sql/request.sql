-- grant: app
-- Ask for a payout: the key, the count of attempts, the rules and the reservation in one statement. Locks as everywhere:
-- key → accounts. Answers {"answer": the JSON body, "payout": …}, {"replay": …} for a used key, or {"refusal": …}: then
-- the attempt stays counted, so the caller commits it before he raises. A refusal that is not remembered (not 402 or
-- 409) gives the key back; one that is leaves it claimed for the caller to store.
CREATE OR REPLACE FUNCTION payouts_request(
  p_actor uuid, p_key text, p_fingerprint bytea, p_performer uuid, p_tokens bigint, p_minimum bigint,
  p_two_above bigint, p_limit integer, p_window_seconds integer) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_kept jsonb := core_claim_key(p_actor, p_key, p_fingerprint);
  v_wallet record;
  v_refusal jsonb;
  v_money jsonb;
  v_answer jsonb;
  v_payout payouts_payout%ROWTYPE;
BEGIN
  IF v_kept IS NOT NULL THEN
    RETURN v_kept;
  END IF;
  PERFORM wallet_need_accounts(p_performer, 'earned');
  v_wallet := wallet_lock_earnings(p_performer);
  IF v_wallet.earned IS NULL THEN
    v_refusal := jsonb_build_object('refusal', 'NOT_FOUND');
  ELSE
    v_refusal := COALESCE(
      payouts_count_attempt(p_performer, p_limit, p_window_seconds),
      payouts_refusal(p_performer, p_tokens, p_minimum, wallet_payable(p_performer), v_wallet.closed));
  END IF;
  IF v_refusal ->> 'refusal' NOT IN ('INSUFFICIENT_BALANCE', 'ACCOUNT_CLOSED') THEN
    PERFORM core_release_key(p_actor, p_key);
  END IF;
  IF v_refusal IS NOT NULL THEN
    RETURN v_refusal;
  END IF;

  v_payout.id := core_uuid7();
  v_money := wallet_reserve_payout(p_actor, v_payout.id, p_performer, p_tokens);
  IF v_money ? 'refusal' THEN
    RAISE EXCEPTION 'allowed, then refused: %', v_money ->> 'refusal';
  END IF;
  INSERT INTO payouts_step (payout_id, version, event, from_status, to_status, actor_id, reason, at)
  VALUES (v_payout.id, 1, 'request', '', 'requested', p_actor, '', clock_timestamp());
  INSERT INTO payouts_payout (id, performer_id, tokens, status, version, approvals_needed, requested_by_id, currency,
                              reserve_transfer_id, created_at)
  VALUES (v_payout.id, p_performer, p_tokens, 'requested', 1, CASE WHEN p_tokens > p_two_above THEN 2 ELSE 1 END,
          p_actor, '', (v_money ->> 'transfer_id')::uuid, clock_timestamp())
  RETURNING * INTO v_payout;
  v_answer := jsonb_build_object('requestId', v_payout.id, 'status', v_payout.status);
  PERFORM core_store_answer(p_actor, p_key, 200, v_answer);
  RETURN jsonb_build_object('answer', v_answer, 'payout', payouts_wire(v_payout), 'notices', jsonb_build_array(notices_put(
    p_performer, 'wallet.payout.requested', jsonb_build_object('tokens', p_tokens), 'payouts.payout:' || v_payout.id)));
END
$$;
