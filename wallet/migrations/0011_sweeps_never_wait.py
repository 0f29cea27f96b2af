"""Sweeps lock holds and wallets without waiting for anybody."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("wallet", "0010_lines")]
    operations = [install_functions("wallet", ["try_lock_hold"])]
