"""What Django cannot say about the ledger: immediate foreign keys, triggers, functions, and the house's own rows."""

from django.db import migrations

from core.sql import install_functions

FOREIGN_KEYS = """
ALTER TABLE wallet_account
  ADD CONSTRAINT wallet_account_owner_exists FOREIGN KEY (owner_id) REFERENCES accounts_user (id);
ALTER TABLE wallet_transfer
  ADD CONSTRAINT wallet_transfer_debit_exists FOREIGN KEY (debit_account_id) REFERENCES wallet_account (id),
  ADD CONSTRAINT wallet_transfer_credit_exists FOREIGN KEY (credit_account_id) REFERENCES wallet_account (id),
  ADD CONSTRAINT wallet_transfer_hold_exists FOREIGN KEY (hold_id) REFERENCES wallet_hold (id),
  ADD CONSTRAINT wallet_transfer_original_exists FOREIGN KEY (reverses_id) REFERENCES wallet_transfer (id);
ALTER TABLE wallet_hold
  ADD CONSTRAINT wallet_hold_viewer_exists FOREIGN KEY (viewer_id) REFERENCES accounts_viewer (user_id),
  ADD CONSTRAINT wallet_hold_performer_exists FOREIGN KEY (performer_id) REFERENCES accounts_performer (user_id),
  ADD CONSTRAINT wallet_hold_resolution_exists FOREIGN KEY (resolved_by_id) REFERENCES wallet_transfer (id);
"""

# Room on every page for the next version of a row that changes often, so that no index has to follow (HOT updates).
STORAGE = """
ALTER TABLE wallet_account SET (fillfactor = 70);
ALTER TABLE wallet_operation SET (fillfactor = 70);
ALTER TABLE wallet_hold SET (fillfactor = 85);
"""

TRIGGERS = """
CREATE TRIGGER wallet_transfer_append_only BEFORE UPDATE OR DELETE ON wallet_transfer
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER wallet_transfer_never_truncated BEFORE TRUNCATE ON wallet_transfer
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();

CREATE TRIGGER wallet_account_kept BEFORE DELETE ON wallet_account
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER wallet_account_never_truncated BEFORE TRUNCATE ON wallet_account
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER wallet_account_identity_fixed BEFORE UPDATE ON wallet_account FOR EACH ROW
  WHEN (OLD.id <> NEW.id OR OLD.kind <> NEW.kind OR OLD.slice <> NEW.slice
        OR OLD.owner_id IS DISTINCT FROM NEW.owner_id)
  EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER wallet_account_version_steps BEFORE UPDATE ON wallet_account FOR EACH ROW
  WHEN (OLD.balance <> NEW.balance AND NEW.version <> OLD.version + 1)
  EXECUTE FUNCTION core_refuse_change();

CREATE TRIGGER wallet_hold_kept BEFORE DELETE ON wallet_hold
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER wallet_hold_never_truncated BEFORE TRUNCATE ON wallet_hold
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER wallet_hold_resolution_final BEFORE UPDATE ON wallet_hold FOR EACH ROW
  WHEN (OLD.state <> 'held' OR OLD.viewer_id <> NEW.viewer_id OR OLD.amount <> NEW.amount
        OR (OLD.performer_id IS NOT NULL AND OLD.performer_id IS DISTINCT FROM NEW.performer_id))
  EXECUTE FUNCTION core_refuse_change();

CREATE TRIGGER wallet_operation_answer_final BEFORE UPDATE ON wallet_operation FOR EACH ROW
  WHEN (OLD.result IS NOT NULL) EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER wallet_operation_kept_thirty_days BEFORE DELETE ON wallet_operation FOR EACH ROW
  WHEN (OLD.result IS NOT NULL AND OLD.created_at > now() - interval '30 days')
  EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER wallet_operation_never_truncated BEFORE TRUNCATE ON wallet_operation
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""

HOUSE = """
INSERT INTO wallet_account (id, kind) VALUES (wallet_house(), 'house') ON CONFLICT DO NOTHING;
INSERT INTO wallet_account (kind, slice) SELECT 'prize', generate_series(0, 15) ON CONFLICT DO NOTHING;
"""

FUNCTIONS = [
    "house",
    "refuse",
    "check_tokens",
    "claim_operation",
    "remember",
    "forget",
    "open_accounts",
    "need_accounts",
    "lock_wallet",
    "step_version",
    "post",
    "summed_balance",
    "same_payment",
    "fund",
    "place_hold",
    "lock_hold",
    "adopt_hold",
    "assign_hold",
    "resolve_hold",
    "settle_part",
    "settle_hold",
    "refund_hold",
    "expire_hold",
    "reverse_fund",
    "reverse_settlement",
    "reverse_transfer",
    "checkpoint",
]


class Migration(migrations.Migration):
    dependencies = [("wallet", "0001_initial"), ("core", "0001_initial"), ("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(FOREIGN_KEYS, migrations.RunSQL.noop),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, migrations.RunSQL.noop),
        install_functions("wallet", FUNCTIONS),
        migrations.RunSQL(HOUSE, migrations.RunSQL.noop),
    ]
