"""The registry's mirror, what tells people, and the triggers that keep what was said."""

from django.db import migrations

from core.sql import install_functions
from notices.mirror import mirror_keys

TRIGGERS = """
CREATE TRIGGER notices_text_stays BEFORE UPDATE ON notices_messageversion FOR EACH ROW
  WHEN ((OLD.id, OLD.key, OLD.language, OLD.number, OLD.text, OLD.proposed_by, OLD.created_at)
        IS DISTINCT FROM (NEW.id, NEW.key, NEW.language, NEW.number, NEW.text, NEW.proposed_by, NEW.created_at))
  EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER notices_text_kept BEFORE DELETE ON notices_messageversion
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER notices_text_never_emptied BEFORE TRUNCATE ON notices_messageversion
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER notices_said_is_said BEFORE UPDATE ON notices_notice FOR EACH ROW
  WHEN (OLD.read_at IS NOT NULL OR (OLD.id, OLD.owner_id, OLD.key, OLD.variables, OLD.cause, OLD.created_at)
        IS DISTINCT FROM (NEW.id, NEW.owner_id, NEW.key, NEW.variables, NEW.cause, NEW.created_at))
  EXECUTE FUNCTION core_refuse_change();
"""
UNDO = """
DROP TRIGGER notices_text_stays ON notices_messageversion;
DROP TRIGGER notices_text_kept ON notices_messageversion;
DROP TRIGGER notices_text_never_emptied ON notices_messageversion;
DROP TRIGGER notices_said_is_said ON notices_notice;
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("core", "0001_initial")]
    operations = [
        migrations.RunPython(mirror_keys, migrations.RunPython.noop),
        install_functions("notices", ["put", "tell"]),
        migrations.RunSQL(TRIGGERS, UNDO),
    ]
