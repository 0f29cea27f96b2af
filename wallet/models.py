"""The ledger's tables. Only the functions in `wallet/sql` write them.

The foreign keys' constraints are written in migration 0002, by name and checked at once: Django's wait for the commit.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from wallet.fields import CurrentTransactionId, TransactionIdField, UuidV7
from wallet.states import (
    LIVE_KINDS,
    OWNERLESS_KINDS,
    PRIZE_SLICES,
    SUMMED_KINDS,
    AccountKind,
    HoldState,
    TransferCode,
)


class Account(models.Model):
    """A place where tokens lie.

    A live account keeps `balance` in its row, and `version` is the number of its transfers. A summed one is its
    `checkpoint` plus the transfers since `checkpoint_xid`, so that credits queue on no row; earned guards its debits by
    `debits_posted <= credits_seen`.
    """

    id = models.UUIDField(primary_key=True, db_default=UuidV7(), editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=16, choices=AccountKind.choices)
    slice = models.PositiveSmallIntegerField(db_default=0)
    balance = models.BigIntegerField(db_default=0)
    version = models.BigIntegerField(db_default=0)
    revision = models.BigIntegerField(
        db_default=0, help_text="On escrow: the wallet's version on the wire, one step a committed change."
    )
    changed_xid = TransactionIdField(db_default="0", help_text="The transaction that took that step.")
    checkpoint = models.BigIntegerField(db_default=0)
    checkpoint_xid = TransactionIdField(db_default="0", help_text="The checkpoint covers all before this.")
    debits_posted = models.BigIntegerField(db_default=0)
    credits_seen = models.BigIntegerField(db_default=0)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind", "slice"], name="wallet_account_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(kind__in=AccountKind.values), name="wallet_account_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=OWNERLESS_KINDS, owner__isnull=True)
                | (~Q(kind__in=OWNERLESS_KINDS) & Q(owner__isnull=False)),
                name="wallet_account_owner_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(slice=0) | Q(kind=AccountKind.PRIZE, slice__lt=PRIZE_SLICES),
                name="wallet_account_slice_of_prize",
            ),
            models.CheckConstraint(condition=Q(balance__gte=0), name="wallet_account_balance_not_negative"),
            models.CheckConstraint(condition=Q(balance__lte=10**15), name="wallet_account_balance_bounded"),
            models.CheckConstraint(
                condition=Q(debits_posted__lte=F("credits_seen"), debits_posted__gte=0),
                name="wallet_account_debits_covered",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LIVE_KINDS, checkpoint=0, debits_posted=0, credits_seen=0)
                | Q(kind__in=SUMMED_KINDS, balance=0, version=0),
                name="wallet_account_live_or_summed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.owner or self.slice}"


class Transfer(models.Model):
    """The only movement row: one debit, one credit, one positive amount. Immutable by trigger.

    `group_id` is the operation that made it: a partial settlement makes two, a reversal with a shortfall too.
    """

    id = models.UUIDField(primary_key=True, db_default=UuidV7(), editable=False)
    debit_account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    credit_account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    amount = models.BigIntegerField()
    code = models.CharField(max_length=16, choices=TransferCode.choices)
    group_id = models.UUIDField()
    hold = models.ForeignKey(
        "wallet.Hold", models.PROTECT, null=True, related_name="transfers", db_constraint=False, db_index=False
    )
    reverses = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reversals", db_constraint=False, db_index=False
    )
    reason = models.CharField(max_length=255, db_default="")
    external_id = models.CharField(max_length=255, db_default="")
    created_xid = TransactionIdField(db_default=CurrentTransactionId())
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=10**9), name="wallet_transfer_amount_in_range"
            ),
            models.CheckConstraint(condition=~Q(debit_account=F("credit_account")), name="wallet_transfer_two_sides"),
            models.CheckConstraint(condition=Q(code__in=TransferCode.values), name="wallet_transfer_code_is_known"),
            models.CheckConstraint(
                condition=Q(code=TransferCode.REVERSAL, reverses__isnull=False)
                | (~Q(code=TransferCode.REVERSAL) & Q(reverses__isnull=True)),
                name="wallet_transfer_reversal_names_original",
            ),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="wallet_transfer_reversed_once"
            ),
            models.UniqueConstraint(
                fields=["external_id"], condition=~Q(external_id=""), name="wallet_transfer_external_once"
            ),
        ]
        indexes = [
            # With the amount, so that a past balance is read from the index alone.
            models.Index(
                fields=["debit_account", "created_at", "id"], include=["amount"], name="wallet_transfer_debits"
            ),
            models.Index(
                fields=["credit_account", "created_at", "id"], include=["amount"], name="wallet_transfer_credits"
            ),
            models.Index(
                fields=["credit_account", "created_xid"], include=["amount"], name="wallet_transfer_credit_sum"
            ),
            models.Index(fields=["debit_account", "created_xid"], include=["amount"], name="wallet_transfer_debit_sum"),
            models.Index(fields=["hold"], condition=Q(hold__isnull=False), name="wallet_transfer_of_hold"),
            models.Index(fields=["created_xid"], name="wallet_transfer_sealing_order"),
        ]


class Hold(models.Model):
    """Tokens set aside for one purchase: settled, refunded, or both in part, by one resolution."""

    id = models.UUIDField(primary_key=True, db_default=UuidV7(), editable=False)
    viewer = models.ForeignKey("accounts.Viewer", models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    performer = models.ForeignKey(
        "accounts.Performer", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    amount = models.BigIntegerField()
    settled_amount = models.BigIntegerField(db_default=0)
    state = models.CharField(max_length=20, choices=HoldState.choices, db_default=HoldState.HELD)
    expires_at = models.DateTimeField(null=True, help_text="Empty: it lives and ends with its queue item.")
    retry_at = models.DateTimeField(null=True, help_text="Its expiry went wrong; it is not tried again before.")
    resolved_by = models.OneToOneField(Transfer, models.PROTECT, null=True, related_name="+", db_constraint=False)
    resolved_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=10**9), name="wallet_hold_amount_in_range"),
            models.CheckConstraint(
                condition=Q(settled_amount__gte=0, settled_amount__lte=F("amount")),
                name="wallet_hold_settled_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(state=HoldState.HELD, resolved_by__isnull=True, resolved_at__isnull=True)
                | (~Q(state=HoldState.HELD) & Q(resolved_by__isnull=False, resolved_at__isnull=False)),
                name="wallet_hold_resolved_once",
            ),
            models.CheckConstraint(
                condition=Q(state=HoldState.SETTLED, settled_amount=F("amount"))
                | Q(state=HoldState.PARTIALLY_SETTLED, settled_amount__gt=0, settled_amount__lt=F("amount"))
                | Q(state__in=(HoldState.HELD, HoldState.REFUNDED, HoldState.EXPIRED), settled_amount=0),
                name="wallet_hold_state_fits_amount",
            ),
            models.CheckConstraint(
                condition=Q(settled_amount=0) | Q(performer__isnull=False), name="wallet_hold_settled_to_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["viewer"], condition=Q(state=HoldState.HELD), name="wallet_hold_open"),
            models.Index(
                fields=["expires_at"],
                condition=Q(state=HoldState.HELD, expires_at__isnull=False),
                name="wallet_hold_due",
            ),
        ]


class Operation(models.Model):
    """What a key stands for: who, which verb, what it was asked, what it answered. Written with its effect."""

    id = models.UUIDField(primary_key=True, db_default=UuidV7(), editable=False)
    actor_id = models.UUIDField()
    verb = models.CharField(max_length=24)
    key = models.CharField(max_length=255)
    args_hash = models.BinaryField(max_length=32)
    result = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_id", "verb", "key"], name="wallet_operation_once"),
            models.CheckConstraint(condition=~Q(key=""), name="wallet_operation_key_given"),
        ]


class Forgetting(models.Model):
    """One row: up to which operation refusals have been forgotten."""

    id = models.PositiveSmallIntegerField(primary_key=True, db_default=1)
    upto = models.UUIDField(db_default=UUID(int=0))

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="wallet_forgetting_one_row")]


class Credit(Transfer):
    """A transfer that credited a bought amount: what staff reconcile against the billing's own list."""

    class Meta:
        proxy = True
        verbose_name = "credit"


class PrizeSlice(Account):
    """One of the rows that prizes are paid from."""

    class Meta:
        proxy = True
        verbose_name = "slice of the prize fund"
        verbose_name_plural = "prize fund"


class Seal(models.Model):
    """A block of the transfers' hash chain: the transfers of a span of transactions, each by its digest."""

    id = models.BigAutoField(primary_key=True)
    epoch = models.PositiveIntegerField()
    floor_id = models.UUIDField()
    from_xid = TransactionIdField()
    upto_xid = TransactionIdField()
    ids = ArrayField(models.UUIDField())
    digests = ArrayField(models.BinaryField())
    prev_hash = models.BinaryField(max_length=32, unique=True)
    hash = models.BinaryField(max_length=32, unique=True)
    sealed_at = models.DateTimeField(db_default=Now(), editable=False)
