-- grant: app
-- Fill the prize fund from the house (p_tokens > 0), the same into every slice, or take a surplus of it back
-- (p_tokens < 0), from each slice its share. Slices are locked in id order; none goes below zero.
CREATE OR REPLACE FUNCTION wallet_move_prizes(p_actor uuid, p_key text, p_tokens bigint, p_reason text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
  v_operation uuid := core_uuid7();
  v_amount constant bigint := abs(p_tokens);
  v_before bigint;
  v_part record;
  v_answer jsonb := COALESCE(wallet_check_tokens(v_amount), wallet_claim_operation(
    v_operation, p_actor, 'move_prizes', p_key, jsonb_build_array(p_tokens, p_reason)));
BEGIN
  IF v_answer IS NOT NULL THEN
    RETURN v_answer;
  END IF;
  PERFORM FROM wallet_account WHERE kind = 'prize' ORDER BY id FOR NO KEY UPDATE;
  SELECT sum(balance) INTO v_before FROM wallet_account WHERE kind = 'prize';
  IF v_before + p_tokens < 0 THEN
    RETURN wallet_remember(v_operation, wallet_refuse('INSUFFICIENT_BALANCE', jsonb_build_object(
      'required', v_amount, 'available', v_before)));
  END IF;
  -- Shares are differences of rounded running sums: they add up to the whole, and no slice gives more than it has.
  FOR v_part IN
    SELECT id, upto - COALESCE(lag(upto) OVER (ORDER BY slice), 0) AS tokens FROM (
      SELECT id, slice, CASE WHEN p_tokens > 0
        THEN v_amount * row_number() OVER (ORDER BY slice) / count(*) OVER ()
        ELSE div(v_amount::numeric * sum(balance) OVER (ORDER BY slice), v_before)::bigint END AS upto
      FROM wallet_account WHERE kind = 'prize') AS running
    ORDER BY slice
  LOOP
    IF v_part.tokens > 0 AND p_tokens > 0 THEN
      PERFORM wallet_post(v_operation, 'prize_fund', wallet_house(), v_part.id, v_part.tokens, p_reason => p_reason);
    ELSIF v_part.tokens > 0 THEN
      PERFORM wallet_post(v_operation, 'prize_take', v_part.id, wallet_house(), v_part.tokens, p_reason => p_reason);
    END IF;
  END LOOP;
  -- `fresh` is not part of what is remembered: a repetition leaves no second trace.
  RETURN wallet_remember(v_operation, jsonb_build_object('operation_id', v_operation, 'fund', v_before + p_tokens))
      || '{"fresh": true}';
END
$$;
