"""Limits and self-exclusion, a row a viewer."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_roles_and_flags"),
    ]

    operations = [
        migrations.CreateModel(
            name="ViewerLimits",
            fields=[
                (
                    "viewer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.viewer",
                    ),
                ),
                ("daily", models.BigIntegerField(null=True)),
                ("daily_next", models.BigIntegerField(null=True)),
                ("daily_next_at", models.DateTimeField(null=True)),
                ("weekly", models.BigIntegerField(null=True)),
                ("weekly_next", models.BigIntegerField(null=True)),
                ("weekly_next_at", models.DateTimeField(null=True)),
                ("excluded_until", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name_plural": "viewer limits",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("daily__isnull", True),
                            models.Q(("daily__gte", 0), ("daily__lte", 1000000000)),
                            _connector="OR",
                        ),
                        name="compliance_daily_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("daily_next__isnull", True),
                            models.Q(("daily_next__gte", 0), ("daily_next__lte", 1000000000)),
                            _connector="OR",
                        ),
                        name="compliance_daily_next_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weekly__isnull", True),
                            models.Q(("weekly__gte", 0), ("weekly__lte", 1000000000)),
                            _connector="OR",
                        ),
                        name="compliance_weekly_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weekly_next__isnull", True),
                            models.Q(("weekly_next__gte", 0), ("weekly_next__lte", 1000000000)),
                            _connector="OR",
                        ),
                        name="compliance_weekly_next_in_range",
                    ),
                ],
            },
        ),
    ]
