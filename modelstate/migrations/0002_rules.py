"""The transition table's mirror, the functions that move states, and the triggers that refuse the rest."""

from django.db import migrations

from core.sql import install_functions
from modelstate.mirror import mirror_transitions

TRIGGERS = """
CREATE SEQUENCE modelstate_line_ticket;
CREATE TRIGGER legal_steps_only BEFORE INSERT OR UPDATE OR DELETE ON modelstate_modelstate
  FOR EACH ROW EXECUTE FUNCTION modelstate_guard_state();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON modelstate_modelstate
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON modelstate_statechange
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON modelstate_statechange
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE CONSTRAINT TRIGGER step_was_taken AFTER INSERT ON modelstate_statechange
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION modelstate_guard_history();
"""
UNDO = """
DROP TRIGGER legal_steps_only ON modelstate_modelstate;
DROP TRIGGER never_emptied ON modelstate_modelstate;
DROP TRIGGER append_only ON modelstate_statechange;
DROP TRIGGER never_emptied ON modelstate_statechange;
DROP TRIGGER step_was_taken ON modelstate_statechange;
DROP SEQUENCE modelstate_line_ticket;
"""


class Migration(migrations.Migration):
    dependencies = [("modelstate", "0001_initial"), ("core", "0001_initial")]
    operations = [
        migrations.RunPython(mirror_transitions, migrations.RunPython.noop),
        install_functions("modelstate", ["lock", "apply", "act", "place", "guard_state", "guard_history"]),
        migrations.RunSQL(TRIGGERS, UNDO),
    ]
