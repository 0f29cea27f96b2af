"""The steps tell who stands behind a freed place in databases too that had 0018 before its functions said so."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0018_steps_in_one_statement")]

    operations = [install_functions("queue_app", ["behind", "line_step", "start"])]
