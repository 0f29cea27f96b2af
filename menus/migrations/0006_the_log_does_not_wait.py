"""A line of the action log does not wait for the disk."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("menus", "0005_notes_reach_her")]

    operations = [install_functions("menus", ["log_action"])]
