"""Who leaves the line and comes back to the same head of her queue is warned again."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0010_nobodys_items")]

    operations = [install_functions("queue_app", ["tell_sweep"])]
