"""The functions that propose, approve and reject, and the triggers that keep what was said."""

from django.db import migrations

from core.sql import install_functions

FUNCTIONS = ["people_needed", "tell", "book", "propose", "lock_open", "approve", "reject", "guard"]
TRIGGERS = """
CREATE TRIGGER decided_once BEFORE UPDATE OR DELETE ON adjustments_adjustment
  FOR EACH ROW EXECUTE FUNCTION adjustments_guard();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON adjustments_adjustment
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON adjustments_decision
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON adjustments_decision
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
UNDO = """
DROP TRIGGER decided_once ON adjustments_adjustment;
DROP TRIGGER never_emptied ON adjustments_adjustment;
DROP TRIGGER append_only ON adjustments_decision;
DROP TRIGGER never_emptied ON adjustments_decision;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("adjustments", "0001_initial"),
        ("wallet", "0008_corrections"),
        ("notices", "0002_rules"),
        ("core", "0001_initial"),
    ]

    operations = [install_functions("adjustments", FUNCTIONS), migrations.RunSQL(TRIGGERS, UNDO)]
