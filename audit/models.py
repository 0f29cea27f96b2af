"""Tables: audit entries and the seals over them. Ids of other rooms are text, so no foreign keys."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from audit.fields import TransactionId, TransactionIdField


class AuditEntry(models.Model):
    """One privileged act. Written once: triggers refuse UPDATE, DELETE and TRUNCATE."""

    id = models.BigAutoField(primary_key=True)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64, blank=True, default="")
    action = models.CharField(max_length=64, db_index=True)
    target_type = models.CharField(max_length=64)
    target_id = models.CharField(max_length=64)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    ip_tag = models.CharField(max_length=32, blank=True, default="")
    key_id = models.CharField(max_length=8, blank=True, default="")
    ua_class = models.CharField(max_length=32, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    created_xid = TransactionIdField(db_default=TransactionId(), editable=False)

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["created_xid", "id"], name="audit_entry_sealing_order"),
            models.Index(fields=["target_type", "target_id"], name="audit_entry_target"),
            models.Index(fields=["actor_id"], name="audit_entry_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.action}"


class Seal(models.Model):
    """A block of the hash chain: the entries of a span of transactions, each by its digest."""

    id = models.BigAutoField(primary_key=True)
    epoch = models.PositiveIntegerField()
    floor_id = models.BigIntegerField()
    from_xid = TransactionIdField()
    upto_xid = TransactionIdField()
    ids = ArrayField(models.BigIntegerField())
    digests = models.BinaryField()
    prev_hash = models.BinaryField(max_length=32, unique=True)
    hash = models.BinaryField(max_length=32, unique=True)
    sealed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["id"]
