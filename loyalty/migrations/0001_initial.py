"""Links, the breaker, webhooks."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import core.ids
from core.sql import install_functions


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_roles_and_flags"),
        ("core", "0003_outbox"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("event_id", models.CharField(max_length=128, unique=True)),
                ("kind", models.CharField(max_length=64)),
                ("digest", models.BinaryField(max_length=32)),
                ("result", models.CharField(max_length=32)),
                ("emitted_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Breaker",
            fields=[
                ("name", models.CharField(max_length=32, primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("closed", "closed: calls go out"),
                            ("open", "open: the service is left alone"),
                            ("half_open", "half open: one probe at a time"),
                        ],
                        db_default="closed",
                        max_length=10,
                    ),
                ),
                (
                    "failures",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateTimeField(),
                        db_default=[],
                        help_text="When the last ones happened.",
                        size=None,
                    ),
                ),
                (
                    "outcomes",
                    models.CharField(db_default="", help_text="The last calls, 1 for a failure.", max_length=20),
                ),
                ("opened_at", models.DateTimeField(null=True)),
                ("probe", models.BigIntegerField(db_default=0, help_text="Number of the last probe.")),
                (
                    "probe_until",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), help_text="No other probe before then."
                    ),
                ),
                ("successes", models.PositiveSmallIntegerField(db_default=0)),
                (
                    "rest_until",
                    models.DateTimeField(help_text="The service asked to be left alone until then.", null=True),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["closed", "open", "half_open"])),
                        name="loyalty_breaker_state_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountLink",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("member_id", models.CharField(max_length=64)),
                ("active", models.BooleanField(db_default=True)),
                ("activated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "viewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="loyalty_links", to="accounts.viewer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)), fields=("viewer",), name="loyalty_link_one_per_viewer"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("active", True)), fields=("member_id",), name="loyalty_link_one_per_member"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("active", True), ("revoked_at__isnull", True)),
                            models.Q(("active", False), ("revoked_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="loyalty_link_revoked_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("member_id", ""), _negated=True), name="loyalty_link_member_given"
                    ),
                ],
            },
        ),
        install_functions("loyalty", ["breaker_admit", "breaker_record"]),
    ]
