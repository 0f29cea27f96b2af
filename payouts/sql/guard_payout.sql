-- grant: none
-- The table refuses what the functions would never do: a payout without its reservation, a change that is not in the
-- transition table, one without its version, its row of history and its money, another amount or owner, forgetting.
CREATE OR REPLACE FUNCTION payouts_guard_payout() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
  IF TG_OP = 'INSERT' AND NEW.status = 'requested' AND NEW.version = 1 AND NEW.first_approver_id IS NULL AND EXISTS (
    SELECT FROM wallet_transfer t JOIN wallet_account a ON a.id = t.debit_account_id
     WHERE t.id = NEW.reserve_transfer_id AND t.code = 'payout_reserve' AND t.amount = NEW.tokens
       AND a.owner_id = NEW.performer_id
  ) THEN
    RETURN NEW;
  ELSIF TG_OP = 'UPDATE' AND EXISTS (
    SELECT FROM payouts_step s JOIN payouts_transition t USING (event, from_status, to_status)
     WHERE s.payout_id = OLD.id AND s.version = NEW.version AND NEW.version = OLD.version + 1
       AND s.from_status = OLD.status AND s.to_status = NEW.status
  ) AND (NEW.end_transfer_id IS NULL OR EXISTS (
    SELECT FROM wallet_transfer t JOIN wallet_account a ON a.id = t.debit_account_id
     WHERE t.id = NEW.end_transfer_id AND t.amount = NEW.tokens AND a.owner_id = NEW.performer_id
       AND t.code = CASE NEW.status WHEN 'paid' THEN 'payout_pay' ELSE 'payout_return' END)
  ) AND (NEW.id, NEW.performer_id, NEW.tokens, NEW.approvals_needed, NEW.requested_by_id, NEW.reserve_transfer_id,
         NEW.created_at)
    IS NOT DISTINCT FROM
        (OLD.id, OLD.performer_id, OLD.tokens, OLD.approvals_needed, OLD.requested_by_id, OLD.reserve_transfer_id,
         OLD.created_at)
    AND (OLD.rate IS NULL OR (NEW.rate, NEW.currency, NEW.first_approver_id)
                            = (OLD.rate, OLD.currency, OLD.first_approver_id)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'this is not a step of the transition table with its version, its history and its money'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'payouts_legal_steps_only';
END
$$;
