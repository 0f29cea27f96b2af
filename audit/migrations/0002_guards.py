"""What the database itself refuses and does: append-only tables, stamped entries, seals."""

from django.db import migrations

from core.sql import install_functions

GUARD = """
CREATE TRIGGER {table}_keeps_rows BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE TRIGGER {table}_keeps_all BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION core_refuse_change();
"""
UNGUARD = "DROP TRIGGER {table}_keeps_rows ON {table}; DROP TRIGGER {table}_keeps_all ON {table};"
STAMP = """
CREATE TRIGGER audit_auditentry_stamped BEFORE INSERT ON audit_auditentry
  FOR EACH ROW EXECUTE FUNCTION audit_stamp_entry();
"""
TABLES = ("audit_auditentry", "audit_seal")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("core", "0001_initial")]
    operations = [
        install_functions("audit", ["stamp_entry", "entry_digest", "block_hash", "seal_block"]),
        migrations.RunSQL(STAMP, "DROP TRIGGER audit_auditentry_stamped ON audit_auditentry"),
        *(migrations.RunSQL(GUARD.format(table=table), UNGUARD.format(table=table)) for table in TABLES),
    ]
