"""A refused step leaves nothing behind; a join's attempt is counted after its key is claimed; the pool comes with the step."""

from django.db import migrations

from core.sql import install_functions

OLD = "DROP FUNCTION IF EXISTS queue_app_line_step(uuid, uuid, text, bytea, text)"


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0019_those_behind")]

    operations = [
        migrations.RunSQL(OLD, migrations.RunSQL.noop),
        install_functions("queue_app", ["step", "line_step", "pool_places", "assign", "close"]),
    ]
