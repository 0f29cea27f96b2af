"""What staff do to a queue: pause what comes in, put an item at the end; and the times of steps for its health."""

import django.contrib.postgres.indexes
from django.db import migrations, models

from core.sql import install_functions
from queue_app.mirror import mirror_transitions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0008_standing")]

    operations = [
        migrations.AddField(
            model_name="performerqueue",
            name="intake_paused",
            field=models.BooleanField(
                db_default=False, default=False, help_text="by staff: nothing new comes in, what is there stays"
            ),
        ),
        migrations.AddIndex(
            model_name="queueevent",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="queue_app_event_times"),
        ),
        migrations.RunPython(mirror_transitions, migrations.RunPython.noop),
        install_functions("queue_app", ["admit", "free", "guard_item", "pause_intake", "requeue"]),
    ]
