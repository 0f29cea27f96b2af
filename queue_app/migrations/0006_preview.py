"""What an end of a running item would settle, by the ledger's own dry run."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0005_reversed"), ("wallet", "0010_lines")]

    operations = [install_functions("queue_app", ["dry_run", "preview"])]
