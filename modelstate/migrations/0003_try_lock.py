"""A performer's lock for those who must not wait for it."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("modelstate", "0002_rules")]

    operations = [install_functions("modelstate", ["try_lock"])]
