"""The table: one row for a viewer who has set something."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wallet.policies import MAX_TOKENS


def _in_range(name: str) -> Q:
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": 0, f"{name}__lte": MAX_TOKENS})


class ViewerLimits(models.Model):
    """A viewer's own limits, in tokens (empty: none), what they will be from when on, and his self-exclusion.

    The row is also the lock under which his spending is counted. What holds is computed from the database's clock
    whenever it is asked, so that a raise needs no job.
    """

    viewer = models.OneToOneField("accounts.Viewer", models.PROTECT, primary_key=True, related_name="+")
    daily = models.BigIntegerField(null=True)
    daily_next = models.BigIntegerField(null=True)
    daily_next_at = models.DateTimeField(null=True)
    weekly = models.BigIntegerField(null=True)
    weekly_next = models.BigIntegerField(null=True)
    weekly_next_at = models.DateTimeField(null=True)
    excluded_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "viewer limits"
        constraints = [
            models.CheckConstraint(condition=_in_range(name), name=f"compliance_{name}_in_range")
            for name in ("daily", "daily_next", "weekly", "weekly_next")
        ]

    def __str__(self) -> str:
        return f"limits of {self.viewer_id}"
