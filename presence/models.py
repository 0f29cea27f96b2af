"""Leases: who is there, and until when. Only the functions in presence/sql write them."""

from __future__ import annotations

from datetime import UTC

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now, TruncDate

from presence.states import Kind


class Lease(models.Model):
    """One row a sign-in. She is present while one of hers lives; a sign-in that has ended takes its lease with it."""

    sign_in = models.OneToOneField("accounts.SignIn", on_delete=models.PROTECT, primary_key=True, related_name="+")
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    opened_socket = models.BooleanField(default=False, help_text="from then on its requests alone count no more")
    since = models.DateTimeField(db_default=Now(), help_text="it has lived without a gap since then")
    expires_at = models.DateTimeField()
    # Renewals come every few seconds: an index on the instant would be written each time, one on the day is not.
    expires_on = models.GeneratedField(
        expression=TruncDate("expires_at", tzinfo=UTC), output_field=models.DateField(), db_persist=True
    )

    class Meta:
        indexes = [models.Index(fields=["expires_on"], name="presence_lease_days")]
        constraints = [models.CheckConstraint(condition=Q(kind__in=Kind.values), name="presence_kind_known")]

    def __str__(self) -> str:
        return f"{self.owner_id} by {self.kind}"
