"""A credited viewer is told of it in the credit's own transaction."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("wallet", "0004_refused_expiries_are_forgotten"), ("notices", "0002_rules")]
    operations = [install_functions("wallet", ["fund"])]
