-- grant: none
-- NULL where the amount is one we move, else the refusal. The same bound stands in wallet/policies.py and in the
-- constraint wallet_transfer_amount_in_range; a test compares the three.
CREATE OR REPLACE FUNCTION wallet_check_tokens(p_tokens bigint) RETURNS jsonb
LANGUAGE sql IMMUTABLE
AS $$
  SELECT CASE WHEN p_tokens BETWEEN 1 AND 1000000000 THEN NULL ELSE jsonb_build_object(
    'refusal', 'VALIDATION_ERROR', 'attr', 'tokens', 'reason', 'out_of_range',
    'detail', 'Give a whole number of tokens from 1 to 1000000000.') END
$$;
