"""Tables: which viewer is which member, the breaker's one row, the webhooks that came."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.ids import uuid7


class AccountLink(models.Model):
    """A viewer is a member of the loyalty programme: one to one while active; what was, stays written."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    viewer = models.ForeignKey("accounts.Viewer", models.PROTECT, related_name="loyalty_links")
    member_id = models.CharField(max_length=64)
    active = models.BooleanField(db_default=True)
    activated_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["viewer"], condition=Q(active=True), name="loyalty_link_one_per_viewer"),
            models.UniqueConstraint(fields=["member_id"], condition=Q(active=True), name="loyalty_link_one_per_member"),
            models.CheckConstraint(
                condition=Q(active=True, revoked_at__isnull=True) | Q(active=False, revoked_at__isnull=False),
                name="loyalty_link_revoked_has_time",
            ),
            models.CheckConstraint(condition=~Q(member_id=""), name="loyalty_link_member_given"),
        ]

    def __str__(self) -> str:
        return self.member_id


class BreakerState(models.TextChoices):
    """Whether calls go out."""

    CLOSED = "closed", "closed: calls go out"
    OPEN = "open", "open: the service is left alone"
    HALF_OPEN = "half_open", "half open: one probe at a time"


class Breaker(models.Model):
    """The one row all processes share. Only the functions in `loyalty/sql` move it."""

    name = models.CharField(max_length=32, primary_key=True)
    state = models.CharField(max_length=10, choices=BreakerState.choices, db_default=BreakerState.CLOSED)
    failures = ArrayField(models.DateTimeField(), db_default=[], help_text="When the last ones happened.")
    outcomes = models.CharField(max_length=20, db_default="", help_text="The last calls, 1 for a failure.")
    opened_at = models.DateTimeField(null=True)
    probe = models.BigIntegerField(db_default=0, help_text="Number of the last probe.")
    probe_until = models.DateTimeField(db_default=Now(), help_text="No other probe before then.")
    successes = models.PositiveSmallIntegerField(db_default=0)
    rest_until = models.DateTimeField(null=True, help_text="The service asked to be left alone until then.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BreakerState.values), name="loyalty_breaker_state_is_known")
        ]

    def __str__(self) -> str:
        return self.name


class WebhookEvent(models.Model):
    """A webhook that came and was genuine: once by its id. Its body is not kept, only the body's digest."""

    event_id = models.CharField(max_length=128, unique=True)
    kind = models.CharField(max_length=64)
    digest = models.BinaryField(max_length=32)
    result = models.CharField(max_length=32)
    emitted_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.event_id
