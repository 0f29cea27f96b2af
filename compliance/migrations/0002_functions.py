"""The functions that decide, and the trigger that keeps a self-exclusion."""

from django.db import migrations

from core.sql import install_functions

FUNCTIONS = ["periods", "current", "allow", "status", "lock_own", "wish", "set_limits", "exclude", "guard"]
TRIGGERS = """
CREATE TRIGGER compliance_viewerlimits_kept BEFORE UPDATE OR DELETE ON compliance_viewerlimits
  FOR EACH ROW EXECUTE FUNCTION compliance_guard();
CREATE TRIGGER compliance_viewerlimits_never_truncated BEFORE TRUNCATE ON compliance_viewerlimits
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
UNDO = """
DROP TRIGGER compliance_viewerlimits_kept ON compliance_viewerlimits;
DROP TRIGGER compliance_viewerlimits_never_truncated ON compliance_viewerlimits;
"""


class Migration(migrations.Migration):
    dependencies = [("compliance", "0001_initial"), ("wallet", "0006_spent"), ("core", "0001_initial")]

    operations = [install_functions("compliance", FUNCTIONS), migrations.RunSQL(TRIGGERS, UNDO)]
