"""A purchase asks for the viewer's limits."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("menus", "0002_functions_and_flags"), ("compliance", "0002_functions")]

    operations = [install_functions("menus", ["purchase"])]
