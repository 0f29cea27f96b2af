"""Nobody credits the own wallet or takes back what was moved in it."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("wallet", "0013_debts_are_repaid")]

    operations = [install_functions("wallet", ["reverse_transfer", "fund"])]
