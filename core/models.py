"""The one table that knows no domain: answers kept under idempotency keys."""

from __future__ import annotations

from django.db import models


class IdempotencyKey(models.Model):
    """The answer that a key stands for; kept 30 days (product.md, Idempotency)."""

    actor_id = models.UUIDField()
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_by_age")]
