"""The transition table's mirror, the functions that move items, and the triggers that refuse the rest."""

from django.db import migrations

from core.sql import install_functions
from queue_app.mirror import mirror_transitions

FUNCTIONS = [
    "iso", "lock", "admit", "places", "wire", "snapshot", "touch", "save_settings", "money_key", "seen", "adopt",
    "pass_through", "enqueue", "lock_item", "start", "end_item", "end_performance", "close", "finish", "abandon",
    "refund", "cancel", "guard_item", "guard_history",
]  # fmt: skip
TRIGGERS = """
CREATE TRIGGER legal_steps_only BEFORE INSERT OR UPDATE OR DELETE ON queue_app_queueitem
  FOR EACH ROW EXECUTE FUNCTION queue_app_guard_item();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON queue_app_queueitem
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON queue_app_queueevent
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON queue_app_queueevent
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE CONSTRAINT TRIGGER step_was_taken AFTER INSERT ON queue_app_queueevent
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION queue_app_guard_history();
"""
UNDO = """
DROP TRIGGER legal_steps_only ON queue_app_queueitem;
DROP TRIGGER never_emptied ON queue_app_queueitem;
DROP TRIGGER append_only ON queue_app_queueevent;
DROP TRIGGER never_emptied ON queue_app_queueevent;
DROP TRIGGER step_was_taken ON queue_app_queueevent;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("queue_app", "0001_initial"),
        ("core", "0001_initial"),
        ("modelstate", "0002_rules"),
        ("wallet", "0002_functions"),
    ]
    operations = [
        migrations.RunPython(mirror_transitions, migrations.RunPython.noop),
        install_functions("queue_app", FUNCTIONS),
        migrations.RunSQL(TRIGGERS, UNDO),
    ]
