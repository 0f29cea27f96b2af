"""A finished item whose settlement staff have taken back."""

from django.db import migrations, models

from core.sql import install_functions
from queue_app.mirror import mirror_transitions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0004_whoever_is_next")]

    operations = [
        migrations.AddField(
            model_name="queueitem",
            name="reversed_at",
            field=models.DateTimeField(blank=True, help_text="when staff took the settlement back", null=True),
        ),
        migrations.AddConstraint(
            model_name="queueitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("reversed_at__isnull", True), ("status", "finished"), _connector="OR"),
                name="queue_app_reversed_was_finished",
            ),
        ),
        migrations.RunPython(mirror_transitions, migrations.RunPython.noop),
        install_functions("queue_app", ["wire", "reverse"]),
    ]
