-- grant: none
-- What she owes is paid back from what she has earned since: earned -> receivable, as much of it as there is. The caller
-- holds the lock of her earned row, under which alone a debt grows or shrinks. Answers how many tokens that were.
CREATE OR REPLACE FUNCTION wallet_repay(p_operation uuid, p_performer uuid) RETURNS bigint
LANGUAGE plpgsql VOLATILE
AS $$
DECLARE
  v_earned uuid := (SELECT id FROM wallet_account WHERE owner_id = p_performer AND kind = 'earned');
  v_receivable uuid := (SELECT id FROM wallet_account WHERE owner_id = p_performer AND kind = 'receivable');
  v_balance bigint := wallet_summed_balance(v_earned);
  v_tokens bigint := least(v_balance, -wallet_summed_balance(v_receivable), 1000000000);
BEGIN
  IF v_tokens IS NULL OR v_tokens <= 0 THEN
    RETURN 0;
  END IF;
  UPDATE wallet_account SET credits_seen = v_balance + debits_posted, debits_posted = debits_posted + v_tokens
  WHERE id = v_earned;
  PERFORM wallet_post(p_operation, 'repayment', v_earned, v_receivable, v_tokens);
  RETURN v_tokens;
END
$$;
