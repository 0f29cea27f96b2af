"""The same functions in lines that fit the screen: the database holds them as their files do."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("queue_app", "0022_what_she_was_given")]

    operations = [install_functions("queue_app", ["adopt", "enqueue", "finish", "free", "seen"])]
