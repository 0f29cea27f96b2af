"""The lines of a receipt."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("wallet", "0009_seals")]

    operations = [install_functions("wallet", ["lines"])]
