"""An answer is stored and looked for by functions that keep their plans."""

from django.db import migrations

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [("core", "0005_answers_stay")]

    operations = [install_functions("core", ["kept_answer", "claim_key", "store_answer"])]
