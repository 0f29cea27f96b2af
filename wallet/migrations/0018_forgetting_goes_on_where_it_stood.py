"""Refusals are forgotten in bites of a bounded length, however many operations there are and however long it was away."""

import uuid

from django.db import migrations, models

from core.sql import install_functions

INSTEAD_OF = "DROP FUNCTION IF EXISTS wallet_forget_refusals(integer, integer)"


class Migration(migrations.Migration):
    dependencies = [("wallet", "0017_refusals_are_forgotten")]

    operations = [
        migrations.CreateModel(
            name="Forgetting",
            fields=[
                ("id", models.PositiveSmallIntegerField(db_default=1, primary_key=True, serialize=False)),
                ("upto", models.UUIDField(db_default=uuid.UUID(int=0))),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="wallet_forgetting_one_row")
                ],
            },
        ),
        migrations.RunSQL(INSTEAD_OF, migrations.RunSQL.noop),
        install_functions("wallet", ["forget_refusals"]),
    ]
