"""A step of an item or of the line, its key and its answer are one statement; so is what those behind a place are told."""

from django.db import migrations

from core.sql import install_functions

FUNCTIONS = ["told", "snapshot", "behind", "start", "close", "step", "line_step", "take"]


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0017_reversed_and_missed"), ("core", "0006_keys_keep_their_plans")]

    operations = [install_functions("queue_app", FUNCTIONS)]
