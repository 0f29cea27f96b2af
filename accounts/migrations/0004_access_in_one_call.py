"""A request's sign-in, account and access in one call whose plans are kept."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_run_proof")]

    operations = [install_functions("accounts", ["access", "open_sign_in"])]
