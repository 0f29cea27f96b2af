"""What passes through a queue leaves no time behind by which it must be started."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0011_warned_again")]

    operations = [
        install_functions("queue_app", ["arm"]),
        migrations.RunSQL(
            "SELECT queue_app_arm(performer_id) FROM queue_app_performerqueue WHERE start_item_id IS NOT NULL",
            migrations.RunSQL.noop,
        ),
    ]
