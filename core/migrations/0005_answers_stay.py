"""An answer that was given is never replaced."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("core", "0004_heartbeat")]

    operations = [install_functions("core", ["store_answer"])]
