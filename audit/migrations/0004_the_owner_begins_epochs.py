"""Sealing is the application's, beginning a new epoch the owner's alone."""

from django.db import migrations

from core.sql import install_functions

# The function that did both; where it stands, a call without arguments would have two to choose from.
GONE = "DROP FUNCTION IF EXISTS audit_seal_block(boolean)"


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_no_stand_ins")]
    operations = [
        migrations.RunSQL(GONE, migrations.RunSQL.noop),
        install_functions("audit", ["seal_upto", "seal_block", "new_epoch"]),
    ]
