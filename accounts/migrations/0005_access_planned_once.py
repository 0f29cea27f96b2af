"""Access is planned once a connection."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_access_in_one_call")]

    operations = [install_functions("accounts", ["access", "open_sign_in"])]
