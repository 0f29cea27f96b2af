"""A settlement asks for its announcement in the outbox, where somebody delivers those."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("wallet", "0002_functions"), ("core", "0003_outbox")]

    operations = [install_functions("wallet", ["resolve_hold"])]
