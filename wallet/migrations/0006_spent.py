"""What a viewer has spent in a span of time, for the limits."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("wallet", "0005_credits_are_told")]

    operations = [install_functions("wallet", ["spent"])]
