"""Which months are archived."""

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ArchivedMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day, in the business time zone.", unique=True)),
                ("manifest_sha256", models.CharField(max_length=64)),
                ("rows", models.JSONField(help_text="Rows by part.")),
                ("tokens", models.BigIntegerField(help_text="Sum of its transfers.")),
                ("archived_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["-month"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="archive_month_is_its_first_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("manifest_sha256__regex", "^[0-9a-f]{64}$")), name="archive_digest_is_one"
                    ),
                ],
            },
        ),
    ]
