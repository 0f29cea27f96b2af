"""Who must start is told so in words of its own; who is paused by staff, or open again, is told of it."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0023_shorter_lines"), ("notices", "0006_starts_and_intakes")]

    operations = [install_functions("queue_app", ["pause_intake", "tell_sweep"])]
