"""Functions that decide before they write may give a claimed key back."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [install_functions("core", ["release_key"])]
