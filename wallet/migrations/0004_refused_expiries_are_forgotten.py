"""A hold whose wallet closes while it is being expired keeps no refusal under the sweep's key."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("wallet", "0003_settlements_are_announced")]

    operations = [install_functions("wallet", ["expire_hold"])]
