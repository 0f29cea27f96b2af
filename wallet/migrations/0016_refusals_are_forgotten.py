"""Refused operations are kept 30 days, as the keys of requests are."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("wallet", "0015_the_past_from_an_index")]

    operations = [install_functions("wallet", ["forget_refusals"])]
