"""Whose wallet a correction is of does not decide about it."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("adjustments", "0003_repetitions_say_so")]

    operations = [install_functions("adjustments", ["reject"])]
