"""Corrections and what was said to them. Only the functions in `adjustments/sql` write these tables."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from adjustments.states import Bucket, Direction, Status, Verb
from wallet.policies import MAX_TOKENS


class Adjustment(models.Model):
    """One correction by hand. `counted_tokens` is what decided how many people it needs (adjustments/policies.py)."""

    id = models.UUIDField(primary_key=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    bucket = models.CharField(max_length=9, choices=Bucket.choices)
    direction = models.CharField(max_length=6, choices=Direction.choices)
    tokens = models.BigIntegerField()
    ticket = models.CharField(max_length=64)
    reason = models.CharField(max_length=255)
    status = models.CharField(max_length=8, choices=Status.choices)
    counted_tokens = models.BigIntegerField()
    people_needed = models.PositiveSmallIntegerField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=255)
    transfer = models.OneToOneField("wallet.Transfer", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    decided_at = models.DateTimeField(null=True)

    class Meta:
        permissions = [("approve_large_adjustment", "Can approve adjustments of more than 500 tokens")]
        constraints = [
            models.UniqueConstraint(fields=["proposed_by", "key"], name="adjustments_proposed_once"),
            models.CheckConstraint(condition=Q(tokens__gte=1, tokens__lte=MAX_TOKENS), name="adjustments_whole_tokens"),
            models.CheckConstraint(condition=Q(bucket__in=Bucket.values), name="adjustments_bucket_known"),
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="adjustments_direction_known"),
            models.CheckConstraint(condition=~Q(ticket="") & ~Q(reason=""), name="adjustments_ticket_and_reason"),
            models.CheckConstraint(
                condition=Q(status=Status.PROPOSED, transfer__isnull=True, decided_at__isnull=True)
                | Q(status=Status.BOOKED, transfer__isnull=False, decided_at__isnull=False)
                | Q(status=Status.REJECTED, transfer__isnull=True, decided_at__isnull=False),
                name="adjustments_status_tells_the_truth",
            ),
        ]
        indexes = [models.Index(fields=["owner", "created_at"], name="adjustments_of_owner")]

    def __str__(self) -> str:
        return f"{self.direction} of {self.tokens} tokens, ticket {self.ticket}"


class Decision(models.Model):
    """What one member of the staff said to a correction; never altered. `large`: with the permission for large ones."""

    id = models.BigAutoField(primary_key=True)
    adjustment = models.ForeignKey(Adjustment, models.PROTECT, related_name="decisions", db_index=False)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verb = models.CharField(max_length=7, choices=Verb.choices)
    large = models.BooleanField(default=False)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["adjustment", "staff"],
                condition=Q(verb__in=[Verb.PROPOSE, Verb.APPROVE]),
                name="adjustments_different_people",
            ),
            models.CheckConstraint(condition=Q(verb__in=Verb.values), name="adjustments_verb_known"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} by {self.staff_id}"
