"""Corrections by hand and what was said to them."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("wallet", "0008_corrections"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                (
                    "bucket",
                    models.CharField(
                        choices=[("available", "A viewer's available tokens"), ("earned", "A performer's earnings")],
                        max_length=9,
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[
                            ("credit", "Credit: from the house to the owner"),
                            ("debit", "Debit: from the owner to the house"),
                        ],
                        max_length=6,
                    ),
                ),
                ("tokens", models.BigIntegerField()),
                ("ticket", models.CharField(max_length=64)),
                ("reason", models.CharField(max_length=255)),
                (
                    "status",
                    models.CharField(
                        choices=[("proposed", "Waits for approval"), ("booked", "Booked"), ("rejected", "Rejected")],
                        max_length=8,
                    ),
                ),
                ("counted_tokens", models.BigIntegerField()),
                ("people_needed", models.PositiveSmallIntegerField()),
                ("key", models.CharField(max_length=255)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "transfer",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.transfer"
                    ),
                ),
            ],
            options={
                "permissions": [("approve_large_adjustment", "Can approve adjustments of more than 500 tokens")],
            },
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "verb",
                    models.CharField(
                        choices=[("propose", "proposed"), ("approve", "approved"), ("reject", "rejected")], max_length=7
                    ),
                ),
                ("large", models.BooleanField(default=False)),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "adjustment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="adjustments.adjustment",
                    ),
                ),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(fields=["owner", "created_at"], name="adjustments_of_owner"),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.UniqueConstraint(fields=("proposed_by", "key"), name="adjustments_proposed_once"),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(("tokens__gte", 1), ("tokens__lte", 1000000000)), name="adjustments_whole_tokens"
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(("bucket__in", ["available", "earned"])), name="adjustments_bucket_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction__in", ["credit", "debit"])), name="adjustments_direction_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("ticket", ""), _negated=True), models.Q(("reason", ""), _negated=True)),
                name="adjustments_ticket_and_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("status", "proposed"), ("transfer__isnull", True)),
                    models.Q(("decided_at__isnull", False), ("status", "booked"), ("transfer__isnull", False)),
                    models.Q(("decided_at__isnull", False), ("status", "rejected"), ("transfer__isnull", True)),
                    _connector="OR",
                ),
                name="adjustments_status_tells_the_truth",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("verb__in", ["propose", "approve"])),
                fields=("adjustment", "staff"),
                name="adjustments_different_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("verb__in", ["propose", "approve", "reject"])), name="adjustments_verb_known"
            ),
        ),
    ]
