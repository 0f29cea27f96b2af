-- grant: none
-- The answer for a payment id that was credited before: what was answered then, or a refusal where the payment was
-- another's or of another amount.
CREATE OR REPLACE FUNCTION wallet_same_payment(p_transfer uuid, p_account uuid, p_tokens bigint) RETURNS jsonb
LANGUAGE sql VOLATILE
AS $$
  SELECT CASE WHEN transfer.credit_account_id = p_account AND transfer.amount = p_tokens THEN operation.result
              ELSE wallet_refuse('DUPLICATE_TRANSACTION') END
  FROM wallet_transfer AS transfer JOIN wallet_operation AS operation ON operation.id = transfer.group_id
  WHERE transfer.id = p_transfer
$$;
