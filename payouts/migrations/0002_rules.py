"""The transition table's mirror, the functions that move payouts, the triggers that refuse the rest, the flag."""

from django.db import migrations

from core.sql import install_functions
from payouts.mirror import mirror_transitions

FUNCTIONS = [
    "wire", "tell", "refusal", "count_attempt", "request", "lock", "note_step", "approve", "move", "reject", "send",
    "pay", "fail", "guard_payout", "guard_history",
]  # fmt: skip
TRIGGERS = """
CREATE TRIGGER legal_steps_only BEFORE INSERT OR UPDATE OR DELETE ON payouts_payout
  FOR EACH ROW EXECUTE FUNCTION payouts_guard_payout();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON payouts_payout
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payouts_step
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON payouts_step
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE CONSTRAINT TRIGGER step_was_taken AFTER INSERT ON payouts_step
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payouts_guard_history();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payouts_attempt
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON payouts_attempt
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
UNDO = """
DROP TRIGGER legal_steps_only ON payouts_payout;
DROP TRIGGER never_emptied ON payouts_payout;
DROP TRIGGER append_only ON payouts_step;
DROP TRIGGER never_emptied ON payouts_step;
DROP TRIGGER step_was_taken ON payouts_step;
DROP TRIGGER append_only ON payouts_attempt;
DROP TRIGGER never_emptied ON payouts_attempt;
"""


def open_to_everyone(apps, editor):
    flags = apps.get_model("accounts", "FeatureFlag").objects.using(editor.connection.alias)
    flags.filter(name="payouts", everyone__isnull=True).update(everyone=True)


class Migration(migrations.Migration):
    dependencies = [
        ("payouts", "0001_initial"),
        ("core", "0002_release_key"),
        ("accounts", "0002_roles_and_flags"),
        ("notices", "0002_rules"),
        ("wallet", "0007_payouts_and_prizes"),
    ]
    operations = [
        migrations.RunPython(mirror_transitions, migrations.RunPython.noop),
        install_functions("payouts", FUNCTIONS),
        migrations.RunSQL(TRIGGERS, UNDO),
        migrations.RunPython(open_to_everyone, migrations.RunPython.noop),
    ]
