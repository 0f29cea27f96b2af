"""The tables that know no domain: answers kept under idempotency keys, and the outbox."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class IdempotencyKey(models.Model):
    """The answer that a key stands for; kept 30 days."""

    actor_id = models.UUIDField()
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_age")]


class OutboxKind(models.Model):
    """A kind of message and whether somebody delivers it now; SQL asks before it writes, so that off costs nothing."""

    kind = models.CharField(max_length=32, primary_key=True)
    enabled = models.BooleanField()

    def __str__(self) -> str:
        return self.kind


class OutboxState(models.TextChoices):
    """Where a message stands."""

    WAITING = "waiting", "waiting"
    DONE = "done", "done"
    DEAD = "dead", "dead: staff decide"
    DISCARDED = "discarded", "discarded by staff"


class OutboxMessage(models.Model):
    """What must happen outside exactly once; written in its cause's transaction. Keys stay unique for good."""

    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=255)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=OutboxState.choices, db_default=OutboxState.WAITING)
    attempts = models.PositiveIntegerField(db_default=0)
    next_at = models.DateTimeField(db_default=Now(), help_text="Due then; while being delivered: the end of the lease.")
    result = models.CharField(max_length=32, blank=True, db_default="", help_text="What the delivery came to.")
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="outbox_key_once"),
            models.CheckConstraint(condition=Q(state__in=OutboxState.values), name="outbox_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=OutboxState.DONE, done_at__isnull=False)
                | (~Q(state=OutboxState.DONE) & Q(done_at__isnull=True)),
                name="outbox_done_has_time",
            ),
        ]
        indexes = [models.Index(fields=["next_at", "id"], condition=Q(state="waiting"), name="outbox_due")]

    def __str__(self) -> str:
        return self.key


class DeadLetterState(models.TextChoices):
    """What staff made of it."""

    OPEN = "open", "open"
    RETRIED = "retried", "retried"
    DISCARDED = "discarded", "discarded"


class DeadLetter(models.Model):
    """A message that could not be delivered, and what was decided. Of the error only its class is kept."""

    message = models.ForeignKey(OutboxMessage, models.PROTECT, related_name="deaths")
    error_class = models.CharField(max_length=64)
    attempts = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=DeadLetterState.choices, db_default=DeadLetterState.OPEN)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message"], condition=Q(state=DeadLetterState.OPEN), name="dead_letter_open_once"
            ),
            models.CheckConstraint(
                condition=Q(state=DeadLetterState.OPEN, decided_at__isnull=True)
                | (
                    Q(state__in=(DeadLetterState.RETRIED, DeadLetterState.DISCARDED), decided_at__isnull=False)
                    & ~Q(reason="")
                ),
                name="dead_letter_decision_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="open"), name="dead_letter_open")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.error_class}"


class Heartbeat(models.Model):
    """When a process that must never stop said so last, by the database's clock."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"
