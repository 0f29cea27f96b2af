"""Reads of the loyalty rooms."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from loyalty.models import AccountLink, Breaker, BreakerState


def member_at(viewer_id: UUID, moment: datetime) -> str | None:
    """The member that a viewer was at that moment. The moment decides, not today: a retry must name the same member."""
    still = Q(revoked_at__isnull=True) | Q(revoked_at__gt=moment)
    return (
        AccountLink.objects.filter(still, viewer_id=viewer_id, activated_at__lte=moment)
        .order_by("-activated_at")
        .values_list("member_id", flat=True)
        .first()
    )


def breaker_figures() -> dict[str, float]:
    """For /metrics: 1 while calls are held back."""
    held_back = Breaker.objects.exclude(state=BreakerState.CLOSED)
    return {"loyalty_breaker_open": float(held_back.exists())}
