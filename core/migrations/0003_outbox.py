"""The outbox: messages, their kinds, dead letters."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from core.sql import install_functions


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_release_key"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutboxKind",
            fields=[
                ("kind", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("enabled", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=32)),
                ("key", models.CharField(max_length=255)),
                ("payload", models.JSONField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("done", "done"),
                            ("dead", "dead: staff decide"),
                            ("discarded", "discarded by staff"),
                        ],
                        db_default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(db_default=0)),
                (
                    "next_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="Due then; while being delivered: the end of the lease.",
                    ),
                ),
                (
                    "result",
                    models.CharField(blank=True, db_default="", help_text="What the delivery came to.", max_length=32),
                ),
                ("done_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["next_at", "id"], name="outbox_due")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="outbox_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "done", "dead", "discarded"])),
                        name="outbox_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("done_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="outbox_done_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeadLetter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("error_class", models.CharField(max_length=64)),
                ("attempts", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("retried", "retried"), ("discarded", "discarded")],
                        db_default="open",
                        max_length=10,
                    ),
                ),
                ("decided_by", models.UUIDField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, db_default="", max_length=500)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deaths", to="core.outboxmessage"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state", "open")), fields=["created_at"], name="dead_letter_open")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")), fields=("message",), name="dead_letter_open_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("state", "open")),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("state__in", ("retried", "discarded")),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="dead_letter_decision_is_whole",
                    ),
                ],
            },
        ),
        install_functions("core", ["outbox_put", "outbox_claim"]),
    ]
