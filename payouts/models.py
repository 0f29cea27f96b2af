"""Payouts, their steps and attempts (only the functions in payouts/sql write them), and wishes to be verified."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, Q
from django.db.models.functions import Now

from core.ids import uuid7
from payouts.states import Status, VerificationStatus


def _stamped(**set_or_not: bool) -> Q:
    return Q(**{f"{name}__isnull": not is_set for name, is_set in set_or_not.items()})


_APPROVED = (
    Q(approvals_needed=1, second_approver__isnull=True) | Q(approvals_needed=2, second_approver__isnull=False)
) & _stamped(first_approver=True, approved_at=True, rate=True)

LIFE = (
    Q(status=Status.REQUESTED, second_approver__isnull=True)
    & _stamped(approved_at=False, sent_at=False, ended_at=False, end_transfer=False)
    | Q(status=Status.APPROVED) & _APPROVED & _stamped(sent_at=False, ended_at=False, end_transfer=False)
    | Q(status=Status.SENT) & _APPROVED & _stamped(sent_at=True, ended_at=False, end_transfer=False)
    | Q(status__in=(Status.PAID, Status.FAILED)) & _APPROVED & _stamped(sent_at=True, ended_at=True, end_transfer=True)
    | Q(status=Status.REJECTED) & _stamped(sent_at=False, ended_at=True, end_transfer=True)
)


TOKENS_AT_RATE = ExpressionWrapper(F("tokens") * F("rate"), models.DecimalField(max_digits=24, decimal_places=6))


def _nobody_twice(*names: str) -> Q:
    """No two of these name the same account."""
    condition = Q()
    for place, name in enumerate(names):
        for other in names[place + 1 :]:
            condition &= Q(**{f"{name}__isnull": True}) | Q(**{f"{other}__isnull": True}) | ~Q(**{name: F(other)})
    return condition


class Payout(models.Model):
    """Earnings on their way to a performer. They left her earnings when she asked, so nothing is paid out twice."""

    id = models.UUIDField(primary_key=True, editable=False)
    performer = models.ForeignKey("accounts.Performer", models.PROTECT, related_name="+", db_index=False)
    tokens = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.REQUESTED)
    version = models.BigIntegerField(default=1)
    approvals_needed = models.SmallIntegerField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    first_approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    second_approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    rate = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, help_text="What one token is worth, in the currency."
    )
    currency = models.CharField(max_length=3, blank=True, default="")
    worth = models.DecimalField(
        max_digits=24, decimal_places=6, null=True, help_text="What the tokens came to when they were approved."
    )
    reserve_transfer = models.OneToOneField("wallet.Transfer", models.PROTECT, related_name="+")
    end_transfer = models.OneToOneField("wallet.Transfer", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tokens__gte=1, tokens__lte=10**9), name="payouts_tokens_in_range"),
            models.CheckConstraint(condition=Q(approvals_needed__in=(1, 2)), name="payouts_one_or_two_approvals"),
            models.CheckConstraint(condition=LIFE, name="payouts_status_tells_the_truth"),
            models.CheckConstraint(
                condition=_nobody_twice("performer", "first_approver", "second_approver")
                & _nobody_twice("requested_by", "first_approver", "second_approver"),
                name="payouts_nobody_approves_own",
            ),
            models.CheckConstraint(
                condition=Q(rate__isnull=True, currency="") | Q(rate__gt=0) & ~Q(currency=""),
                name="payouts_rate_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(rate__isnull=True, worth__isnull=True)
                | Q(rate__isnull=False, worth__isnull=False, worth=TOKENS_AT_RATE),
                name="payouts_worth_is_tokens_at_rate",
            ),
        ]
        indexes = [
            models.Index(fields=["performer", "-id"], name="payouts_of_performer"),
            models.Index(
                fields=["created_at"], condition=Q(status__in=("requested", "approved", "sent")), name="payouts_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tokens} tokens ({self.status})"


class Step(models.Model):
    """One step of a payout, appended in the step's own transaction and never altered."""

    id = models.BigAutoField(primary_key=True)
    payout = models.ForeignKey(Payout, models.PROTECT, related_name="steps", db_index=False)
    version = models.BigIntegerField()
    event = models.CharField(max_length=10)
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10, choices=Status.choices)
    actor_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payout", "version"], name="payouts_one_step_each_version")]

    def __str__(self) -> str:
        return f"{self.payout_id} {self.version}: {self.event}"


class Attempt(models.Model):
    """An attempt to ask for a payout, refused or not; what came too often is not written down."""

    id = models.BigAutoField(primary_key=True)
    performer = models.ForeignKey("accounts.Performer", models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["performer", "-at"], name="payouts_recent_attempts")]

    def __str__(self) -> str:
        return f"{self.performer_id} {self.at}"


class Transition(models.Model):
    """The mirror of `states.matrix()` that the SQL functions and the triggers read."""

    id = models.BigAutoField(primary_key=True)
    event = models.CharField(max_length=10)
    from_status = models.CharField(max_length=10)
    to_status = models.CharField(max_length=10, null=True)  # noqa: DJ001 - absent is not empty here

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "from_status"], name="payouts_one_cell_each")]

    def __str__(self) -> str:
        return f"{self.event} in {self.from_status}: {self.to_status or 'refused'}"


class Verification(models.Model):
    """A performer's wish to have her wallet verified, and what staff decided."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    performer = models.ForeignKey("accounts.Performer", models.PROTECT, related_name="+", db_index=False)
    status = models.CharField(max_length=10, choices=VerificationStatus, default=VerificationStatus.PENDING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    asked_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["performer"], condition=Q(status="pending"), name="payouts_one_wish_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(status__in=VerificationStatus.values), name="payouts_verification_status_known"
            ),
            models.CheckConstraint(
                condition=Q(status="pending", decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(status="pending") & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="payouts_verification_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("performer")),
                name="payouts_nobody_verifies_herself",
            ),
        ]
        indexes = [models.Index(fields=["performer", "-asked_at"], name="payouts_wishes_of_performer")]

    def __str__(self) -> str:
        return f"{self.performer} ({self.get_status_display()})"
