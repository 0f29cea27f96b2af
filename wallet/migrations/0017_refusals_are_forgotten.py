"""Refused operations are kept 30 days, as the keys of requests are."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("wallet", "0016_expiries_never_wait")]

    operations = [install_functions("wallet", ["forget_refusals"])]
