"""What is archived stays so."""

from django.db import migrations

TRIGGERS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON archive_archivedmonth
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON archive_archivedmonth
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
UNDO = "DROP TRIGGER append_only ON archive_archivedmonth; DROP TRIGGER never_emptied ON archive_archivedmonth;"


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial"), ("core", "0001_initial")]

    operations = [migrations.RunSQL(TRIGGERS, UNDO)]
