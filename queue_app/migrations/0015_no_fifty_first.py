"""What its performer did not start in time is given back where fifty wait for whoever is next already."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0014_back_in_time")]

    operations = [install_functions("queue_app", ["miss_start"])]
