"""Who is told of a step hears whether it had been completed and paid before."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0015_no_fifty_first")]

    operations = [install_functions("queue_app", ["tell"])]
