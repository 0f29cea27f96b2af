"""PostgreSQL 18 makes UUIDv7 itself: the house takes those where it has them."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("core", "0006_keys_keep_their_plans")]

    operations = [install_functions("core", ["uuid7"])]
