"""A payout is taken from earnings less what is owed; a repeated step says that it is one."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("payouts", "0002_rules"), ("wallet", "0012_what_may_be_paid")]

    operations = [install_functions("payouts", ["refusal", "request", "tell"])]
