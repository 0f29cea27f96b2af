-- grant: none
-- What a service is told of a payout after a step.
CREATE OR REPLACE FUNCTION payouts_wire(p_payout payouts_payout) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
  SELECT jsonb_build_object(
    'id', p_payout.id, 'performer_id', p_payout.performer_id, 'tokens', p_payout.tokens, 'status', p_payout.status,
    'version', p_payout.version, 'rate', p_payout.rate::text, 'currency', p_payout.currency, 'worth', p_payout.worth::text,
    'approvals_needed', p_payout.approvals_needed)
$$;
