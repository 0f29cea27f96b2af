"""Which months are archived: a row of its own, nothing in the ledger is touched."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ArchivedMonth(models.Model):
    """A month that was exported whole; the manifest's digest names the very files.

    Exported again, because its files were lost, it is another edition, a row of its own.
    """

    month = models.DateField(help_text="Its first day, in the business time zone.")
    edition = models.PositiveSmallIntegerField(default=1)
    manifest_sha256 = models.CharField(max_length=64)
    rows = models.JSONField(help_text="Rows by part.")
    tokens = models.BigIntegerField(help_text="Sum of its transfers.")
    archived_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-month", "-edition"]
        constraints = [
            models.UniqueConstraint(fields=["month", "edition"], name="archive_edition_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="archive_month_is_its_first_day"),
            models.CheckConstraint(condition=Q(manifest_sha256__regex=r"^[0-9a-f]{64}$"), name="archive_digest_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
