"""Marking notices as read, and forgetting old ones."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_first_texts")]
    operations = [install_functions("notices", ["read", "forget"])]
