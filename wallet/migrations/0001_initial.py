"""The tables of the ledger."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import wallet.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_initial"),
        ("accounts", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=wallet.fields.UuidV7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("available", "Available"),
                            ("escrow", "In escrow"),
                            ("payout_pending", "Payout pending"),
                            ("prize", "Prize fund"),
                            ("earned", "Earned"),
                            ("receivable", "Receivable"),
                            ("house", "House"),
                        ],
                        max_length=16,
                    ),
                ),
                ("slice", models.PositiveSmallIntegerField(db_default=0)),
                ("balance", models.BigIntegerField(db_default=0)),
                ("version", models.BigIntegerField(db_default=0)),
                (
                    "revision",
                    models.BigIntegerField(
                        db_default=0,
                        help_text="On escrow: the wallet's version on the wire, one step a committed change.",
                    ),
                ),
                (
                    "changed_xid",
                    wallet.fields.TransactionIdField(db_default="0", help_text="The transaction that took that step."),
                ),
                ("checkpoint", models.BigIntegerField(db_default=0)),
                (
                    "checkpoint_xid",
                    wallet.fields.TransactionIdField(
                        db_default="0", help_text="The checkpoint covers all before this."
                    ),
                ),
                ("debits_posted", models.BigIntegerField(db_default=0)),
                ("credits_seen", models.BigIntegerField(db_default=0)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "owner",
                    models.ForeignKey(
                        db_constraint=False,
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
            name="Hold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=wallet.fields.UuidV7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount", models.BigIntegerField()),
                ("settled_amount", models.BigIntegerField(db_default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "Held"),
                            ("settled", "Settled"),
                            ("partially_settled", "Partly settled"),
                            ("refunded", "Refunded"),
                            ("expired", "Expired"),
                        ],
                        db_default="held",
                        max_length=20,
                    ),
                ),
                (
                    "expires_at",
                    models.DateTimeField(help_text="Empty: it lives and ends with its queue item.", null=True),
                ),
                ("resolved_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "performer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.performer",
                    ),
                ),
                (
                    "viewer",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.viewer",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Operation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=wallet.fields.UuidV7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("actor_id", models.UUIDField()),
                ("verb", models.CharField(max_length=24)),
                ("key", models.CharField(max_length=255)),
                ("args_hash", models.BinaryField(max_length=32)),
                ("result", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("actor_id", "verb", "key"), name="wallet_operation_once"),
                    models.CheckConstraint(
                        condition=models.Q(("key", ""), _negated=True), name="wallet_operation_key_given"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=wallet.fields.UuidV7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("amount", models.BigIntegerField()),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("fund", "Tokens credited"),
                            ("hold", "Tokens held"),
                            ("settle", "Paid to the performer"),
                            ("refund", "Tokens given back"),
                            ("reversal", "Correction"),
                            ("shortfall", "Booked to receivable"),
                        ],
                        max_length=16,
                    ),
                ),
                ("group_id", models.UUIDField()),
                ("reason", models.CharField(db_default="", max_length=255)),
                ("external_id", models.CharField(db_default="", max_length=255)),
                ("created_xid", wallet.fields.TransactionIdField(db_default=wallet.fields.CurrentTransactionId())),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "credit_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallet.account",
                    ),
                ),
                (
                    "debit_account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="wallet.account",
                    ),
                ),
                (
                    "hold",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="wallet.hold",
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="wallet.transfer",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="hold",
            name="resolved_by",
            field=models.OneToOneField(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="wallet.transfer",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                fields=("owner", "kind", "slice"), name="wallet_account_once", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["available", "escrow", "payout_pending", "prize", "earned", "receivable", "house"])
                ),
                name="wallet_account_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("house", "prize")), ("owner__isnull", True)),
                    models.Q(models.Q(("kind__in", ("house", "prize")), _negated=True), ("owner__isnull", False)),
                    _connector="OR",
                ),
                name="wallet_account_owner_fits_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("slice", 0), models.Q(("kind", "prize"), ("slice__lt", 16)), _connector="OR"),
                name="wallet_account_slice_of_prize",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("balance__gte", 0)), name="wallet_account_balance_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("balance__lte", 1000000000000000)), name="wallet_account_balance_bounded"
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(("debits_posted__gte", 0), ("debits_posted__lte", models.F("credits_seen"))),
                name="wallet_account_debits_covered",
            ),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("checkpoint", 0),
                        ("credits_seen", 0),
                        ("debits_posted", 0),
                        ("kind__in", ("available", "escrow", "payout_pending", "prize")),
                    ),
                    models.Q(("balance", 0), ("kind__in", ("earned", "receivable", "house")), ("version", 0)),
                    _connector="OR",
                ),
                name="wallet_account_live_or_summed",
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["debit_account", "created_at", "id"], name="wallet_transfer_debits"),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(fields=["credit_account", "created_at", "id"], name="wallet_transfer_credits"),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                fields=["credit_account", "created_xid"], include=("amount",), name="wallet_transfer_credit_sum"
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                fields=["debit_account", "created_xid"], include=("amount",), name="wallet_transfer_debit_sum"
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                condition=models.Q(("hold__isnull", False)), fields=["hold"], name="wallet_transfer_of_hold"
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("amount__lte", 1000000000)),
                name="wallet_transfer_amount_in_range",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("debit_account", models.F("credit_account")), _negated=True),
                name="wallet_transfer_two_sides",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__in", ["fund", "hold", "settle", "refund", "reversal", "shortfall"])),
                name="wallet_transfer_code_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("code", "reversal"), ("reverses__isnull", False)),
                    models.Q(models.Q(("code", "reversal"), _negated=True), ("reverses__isnull", True)),
                    _connector="OR",
                ),
                name="wallet_transfer_reversal_names_original",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("reverses__isnull", False)),
                fields=("reverses",),
                name="wallet_transfer_reversed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("external_id",),
                name="wallet_transfer_external_once",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(condition=models.Q(("state", "held")), fields=["viewer"], name="wallet_hold_open"),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False), ("state", "held")),
                fields=["expires_at"],
                name="wallet_hold_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gt", 0), ("amount__lte", 1000000000)), name="wallet_hold_amount_in_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("settled_amount__gte", 0), ("settled_amount__lte", models.F("amount"))),
                name="wallet_hold_settled_within_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("resolved_at__isnull", True), ("resolved_by__isnull", True), ("state", "held")),
                    models.Q(
                        models.Q(("state", "held"), _negated=True),
                        ("resolved_at__isnull", False),
                        ("resolved_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="wallet_hold_resolved_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_amount", models.F("amount")), ("state", "settled")),
                    models.Q(
                        ("settled_amount__gt", 0),
                        ("settled_amount__lt", models.F("amount")),
                        ("state", "partially_settled"),
                    ),
                    models.Q(("settled_amount", 0), ("state__in", ("held", "refunded", "expired"))),
                    _connector="OR",
                ),
                name="wallet_hold_state_fits_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(("settled_amount", 0), ("performer__isnull", False), _connector="OR"),
                name="wallet_hold_settled_to_somebody",
            ),
        ),
    ]
