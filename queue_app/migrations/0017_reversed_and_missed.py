"""Reversals and missed starts are told by keys of their own; an item shows what its buyer wrote to her."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0016_reversals_are_told"), ("notices", "0005_kept_words")]

    operations = [install_functions("queue_app", ["miss_start", "reverse", "tell", "wire"])]
