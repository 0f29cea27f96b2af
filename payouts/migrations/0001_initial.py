"""Payouts, their steps and attempts, and wishes to be verified."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import core.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0002_roles_and_flags"),
        ("wallet", "0007_payouts_and_prizes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Payout",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("tokens", models.BigIntegerField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("approved", "Approved"),
                            ("sent", "Sent"),
                            ("paid", "Paid"),
                            ("rejected", "Rejected"),
                            ("failed", "Failed"),
                        ],
                        default="requested",
                        max_length=10,
                    ),
                ),
                ("version", models.BigIntegerField(default=1)),
                ("approvals_needed", models.SmallIntegerField()),
                (
                    "rate",
                    models.DecimalField(
                        decimal_places=6,
                        help_text="What one token is worth, in the currency.",
                        max_digits=12,
                        null=True,
                    ),
                ),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("created_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "end_transfer",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.transfer"
                    ),
                ),
                (
                    "first_approver",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "performer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.performer",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reserve_transfer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="wallet.transfer"
                    ),
                ),
                (
                    "second_approver",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.BigIntegerField()),
                ("event", models.CharField(max_length=10)),
                ("from_status", models.CharField(blank=True, max_length=10)),
                (
                    "to_status",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("approved", "Approved"),
                            ("sent", "Sent"),
                            ("paid", "Paid"),
                            ("rejected", "Rejected"),
                            ("failed", "Failed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("actor_id", models.UUIDField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField()),
                (
                    "payout",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="payouts.payout",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Transition",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("event", models.CharField(max_length=10)),
                ("from_status", models.CharField(max_length=10)),
                ("to_status", models.CharField(max_length=10, null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("event", "from_status"), name="payouts_one_cell_each")],
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting for staff"),
                            ("approved", "Verified"),
                            ("rejected", "Not verified"),
                            ("withdrawn", "Withdrawn by staff"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "performer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.performer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "performer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.performer",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["performer", "-at"], name="payouts_recent_attempts")],
            },
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(fields=["performer", "-id"], name="payouts_of_performer"),
        ),
        migrations.AddIndex(
            model_name="payout",
            index=models.Index(
                condition=models.Q(("status__in", ("requested", "approved", "sent"))),
                fields=["created_at"],
                name="payouts_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("tokens__gte", 1), ("tokens__lte", 1000000000)), name="payouts_tokens_in_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("approvals_needed__in", (1, 2))), name="payouts_one_or_two_approvals"
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("second_approver__isnull", True),
                        ("status", "requested"),
                        ("approved_at__isnull", True),
                        ("end_transfer__isnull", True),
                        ("ended_at__isnull", True),
                        ("sent_at__isnull", True),
                    ),
                    models.Q(
                        ("status", "approved"),
                        models.Q(
                            models.Q(("approvals_needed", 1), ("second_approver__isnull", True)),
                            models.Q(("approvals_needed", 2), ("second_approver__isnull", False)),
                            _connector="OR",
                        ),
                        ("approved_at__isnull", False),
                        ("first_approver__isnull", False),
                        ("rate__isnull", False),
                        ("end_transfer__isnull", True),
                        ("ended_at__isnull", True),
                        ("sent_at__isnull", True),
                    ),
                    models.Q(
                        ("status", "sent"),
                        models.Q(
                            models.Q(("approvals_needed", 1), ("second_approver__isnull", True)),
                            models.Q(("approvals_needed", 2), ("second_approver__isnull", False)),
                            _connector="OR",
                        ),
                        ("approved_at__isnull", False),
                        ("first_approver__isnull", False),
                        ("rate__isnull", False),
                        ("end_transfer__isnull", True),
                        ("ended_at__isnull", True),
                        ("sent_at__isnull", False),
                    ),
                    models.Q(
                        ("status__in", ("paid", "failed")),
                        models.Q(
                            models.Q(("approvals_needed", 1), ("second_approver__isnull", True)),
                            models.Q(("approvals_needed", 2), ("second_approver__isnull", False)),
                            _connector="OR",
                        ),
                        ("approved_at__isnull", False),
                        ("first_approver__isnull", False),
                        ("rate__isnull", False),
                        ("end_transfer__isnull", False),
                        ("ended_at__isnull", False),
                        ("sent_at__isnull", False),
                    ),
                    models.Q(
                        ("status", "rejected"),
                        ("end_transfer__isnull", False),
                        ("ended_at__isnull", False),
                        ("sent_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="payouts_status_tells_the_truth",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("performer__isnull", True),
                        ("first_approver__isnull", True),
                        models.Q(("performer", models.F("first_approver")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("performer__isnull", True),
                        ("second_approver__isnull", True),
                        models.Q(("performer", models.F("second_approver")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("first_approver__isnull", True),
                        ("second_approver__isnull", True),
                        models.Q(("first_approver", models.F("second_approver")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("requested_by__isnull", True),
                        ("first_approver__isnull", True),
                        models.Q(("requested_by", models.F("first_approver")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("requested_by__isnull", True),
                        ("second_approver__isnull", True),
                        models.Q(("requested_by", models.F("second_approver")), _negated=True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("first_approver__isnull", True),
                        ("second_approver__isnull", True),
                        models.Q(("first_approver", models.F("second_approver")), _negated=True),
                        _connector="OR",
                    ),
                ),
                name="payouts_nobody_approves_own",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("currency", ""), ("rate__isnull", True)),
                    models.Q(("rate__gt", 0), models.Q(("currency", ""), _negated=True)),
                    _connector="OR",
                ),
                name="payouts_rate_has_currency",
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.UniqueConstraint(fields=("payout", "version"), name="payouts_one_step_each_version"),
        ),
        migrations.AddIndex(
            model_name="verification",
            index=models.Index(fields=["performer", "-asked_at"], name="payouts_wishes_of_performer"),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "pending")), fields=("performer",), name="payouts_one_wish_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["pending", "approved", "rejected", "withdrawn"])),
                name="payouts_verification_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("status", "pending")),
                    models.Q(
                        models.Q(("status", "pending"), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="payouts_verification_decided_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(("decided_by", models.F("performer")), _negated=True),
                    _connector="OR",
                ),
                name="payouts_nobody_verifies_herself",
            ),
        ),
    ]
