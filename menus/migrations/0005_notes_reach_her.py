"""What a buyer writes goes with the item into her queue."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("menus", "0004_notices_are_open"), ("queue_app", "0017_reversed_and_missed")]
    operations = [install_functions("menus", ["purchase"])]
