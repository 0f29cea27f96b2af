"""A proposal sent again says that it is one, so that it leaves no second trace."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("adjustments", "0002_functions")]

    operations = [install_functions("adjustments", ["propose"])]
