from __future__ import annotations

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("payouts", "0003_owed_stays_back")]
    operations = [install_functions("payouts", ["move"])]
