"""Who was back before her time was over goes on, also where the sweep comes after it."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0013_late_and_failing_sweeps"), ("presence", "0004_since_when_she_is_there")]

    operations = [install_functions("queue_app", ["sweep_running"])]
