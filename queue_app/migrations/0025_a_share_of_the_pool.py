"""Nobody has more than five requests waiting for whoever is next."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0024_starts_and_intakes_are_told")]

    operations = [install_functions("queue_app", ["admit_next", "enqueue", "request", "admit"])]
