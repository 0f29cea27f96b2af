"""A join claims its key in the statement that joins, as a leave does: its attempt is counted before."""

from django.db import migrations

from core.sql import install_functions

OLD = "DROP FUNCTION IF EXISTS queue_app_line_step(uuid, uuid, text, bytea, text, boolean)"


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0025_a_share_of_the_pool")]

    operations = [
        migrations.RunSQL(OLD, migrations.RunSQL.noop),
        install_functions("queue_app", ["line_step"]),
    ]
