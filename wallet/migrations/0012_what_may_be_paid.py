"""What a performer owes stays back when she is paid; a repeated move of the prize fund says that it is one."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("wallet", "0011_sweeps_never_wait")]

    operations = [install_functions("wallet", ["payable", "reserve_payout", "move_prizes"])]
