"""What every movement of a wallet asks is planned once a connection."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("wallet", "0018_forgetting_goes_on_where_it_stood")]

    operations = [install_functions("wallet", ["lock_wallet", "remember"])]
