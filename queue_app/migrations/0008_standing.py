"""What a performer's menu depends on, in one call."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0007_deadlines")]

    operations = [install_functions("queue_app", ["standing"])]
